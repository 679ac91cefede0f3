//! The demo shop's saved replies, in both languages.

use serde::Deserialize;
use shouwen_core::channel::Channel;
use shouwen_core::macros::{MacroAssignee, MacroChanges, MacroContext, MacroText};
use shouwen_core::ticket::Priority;

use super::super::staff::team;
use super::WriteError;
use super::shop::Shop;
use crate::actions::macros::{self, Audience, MacroForm};
use crate::log::Change;

#[derive(Debug, Deserialize)]
struct File {
    r#macro: Vec<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    name: String,
    shortcut: String,
    zh: String,
    en: String,
    status: Option<String>,
    priority: Option<Priority>,
    kind: Option<String>,
    add_tags: Vec<String>,
    assign_me: bool,
    channels: Vec<Channel>,
    team: Option<String>,
}

/// Compiled in, and read by a test.
fn all() -> Result<Vec<Written>, toml::de::Error> {
    let file: File = toml::from_str(include_str!("../macros.toml"))?;
    Ok(file.r#macro)
}

/// Writes them as whoever acts, who must be allowed to.
pub(super) async fn write(change: &mut Change, shop: &Shop) -> Result<(), WriteError> {
    let all = all().map_err(|_| WriteError::Missing("a readable list of macros"))?;
    for written in all {
        macros::create(change, &form(written, shop)?).await?;
    }
    Ok(())
}

fn form(written: Written, shop: &Shop) -> Result<MacroForm, WriteError> {
    let status = written.status.as_deref().map(|word| shop.statuses.get(word));
    let tags = written.add_tags.iter().map(|word| shop.tags.get(word).copied());
    let audience = match written.team.as_deref() {
        None => Audience::Everyone,
        Some(word) => Audience::Team(shop.teams[team(word).ok_or(WriteError::Missing("a team"))?]),
    };
    let text = |locale: &str, text: &str| MacroText {
        locale: locale.to_owned(),
        text: text.trim().to_owned(),
    };
    Ok(MacroForm {
        texts: Some(vec![text("zh", &written.zh), text("en", &written.en)]),
        changes: Some(MacroChanges {
            status_id: match status {
                None => None,
                Some(known) => Some(*known.ok_or(WriteError::Missing("a status"))?),
            },
            priority: written.priority,
            kind: written.kind,
            team_id: None,
            assignee: written.assign_me.then_some(MacroAssignee::Applier),
            add_tag_ids: tags
                .collect::<Option<Vec<_>>>()
                .ok_or(WriteError::Missing("a tag"))?,
            remove_tag_ids: Vec::new(),
        }),
        context: Some(MacroContext {
            channels: written.channels,
            team_ids: Vec::new(),
        }),
        name: Some(written.name),
        shortcut: Some(written.shortcut),
        audience: Some(audience),
        active: None,
    })
}

#[cfg(test)]
mod tests {
    use shouwen_core::macros::fault_of_texts;

    use super::*;
    use crate::actions::variables::NAMES;

    #[test]
    fn the_list_is_read_and_says_it_in_both_languages() {
        let all = all().unwrap();
        assert!(all.len() >= 6);
        for written in all {
            let texts: Vec<MacroText> = [("zh", &written.zh), ("en", &written.en)]
                .map(|(locale, text)| MacroText {
                    locale: locale.to_owned(),
                    text: text.clone(),
                })
                .to_vec();
            assert_eq!(fault_of_texts(&texts, NAMES), None, "{}", written.name);
        }
    }
}
