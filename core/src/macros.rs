//! Macros, which agents know as saved replies: a text in some languages, and what becomes of the ticket's fields with
//! it. Who may use one and where stands beside; what a complaint's grade allows stands in its [`GradeRule`].
//!
//! [`GradeRule`]: crate::complaint::GradeRule

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::channel::Channel;
use crate::id::{AgentId, StatusId, TagId, TeamId};
use crate::template;
use crate::ticket::Priority;

/// A macro's text in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MacroText {
    /// Such as `en` or `zh-TW`; empty for all languages without a text of their own.
    pub locale: String,
    /// With variables, such as `{{customer.name}}`.
    pub text: String,
}

/// Who works on the ticket from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum MacroAssignee {
    /// Whoever applies the macro.
    Applier,
    Nobody,
    Agent {
        agent_id: AgentId,
    },
}

/// What becomes of a ticket's fields; what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct MacroChanges {
    pub status_id: Option<StatusId>,
    pub priority: Option<Priority>,
    /// The key of a kind.
    pub kind: Option<String>,
    pub team_id: Option<TeamId>,
    pub assignee: Option<MacroAssignee>,
    pub add_tag_ids: Vec<TagId>,
    pub remove_tag_ids: Vec<TagId>,
}

words! {
    /// A part of what a macro changes.
    MacroPart {
        Team = "team", Assignee = "assignee", Priority = "priority", Kind = "kind", Status = "status", Tags = "tags",
    }
}

/// The tickets that a macro is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct MacroContext {
    /// Whose last message came by one of these; none: any channel.
    pub channels: Vec<Channel>,
    /// That belong to one of these teams; none: any, and those without a team.
    pub team_ids: Vec<TeamId>,
}

words! {
    /// Who may use a macro.
    MacroAudience { Everyone = "everyone", Team = "team",
        /// The agent who wrote it.
        Me = "me" }
}

/// Characters of a text.
const LONGEST_TEXT: usize = 10_000;
const MOST_LANGUAGES: usize = 20;
const MOST_TAGS: usize = 20;
/// Characters of a shortcut.
const LONGEST_SHORTCUT: usize = 20;

/// What is wrong with a macro's texts; `knows` tells the variables that there are.
pub fn fault_of_texts(texts: &[MacroText], knows: &[&str]) -> Option<String> {
    if texts.len() > MOST_LANGUAGES {
        return Some(format!("at most {MOST_LANGUAGES} languages"));
    }
    for (place, one) in texts.iter().enumerate() {
        if !is_locale(&one.locale) {
            return Some("write the language as en or zh-TW, or leave it empty for all others".to_owned());
        }
        let same = |other: &MacroText| other.locale.eq_ignore_ascii_case(&one.locale);
        if texts[..place].iter().any(same) {
            return Some("each language once".to_owned());
        }
        if one.text.trim().is_empty() {
            return Some("write something in each language, or leave the language out".to_owned());
        }
        if one.text.chars().count() > LONGEST_TEXT {
            return Some(format!("at most {LONGEST_TEXT} characters in each language"));
        }
        if let Some(unknown) = template::variables(&one.text).find(|name| !knows.contains(name)) {
            return Some(format!(
                "{{{{{unknown}}}}} is no variable; there are {}",
                knows.join(", ")
            ));
        }
    }
    None
}

fn is_locale(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.len() <= 35 && text.bytes().all(plain) && !text.starts_with('-')
}

/// What is wrong with the few letters by which a macro is found; none at all is fine.
pub fn fault_of_shortcut(shortcut: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if shortcut.chars().count() > LONGEST_SHORTCUT || !shortcut.chars().all(plain) {
        return Some(format!(
            "up to {LONGEST_SHORTCUT} letters, digits and hyphens, without spaces"
        ));
    }
    None
}

impl MacroChanges {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it: the field and what to do.
    pub fn fault(&self) -> Option<(&'static str, String)> {
        if self.add_tag_ids.len() + self.remove_tag_ids.len() > MOST_TAGS {
            return Some(("changes/add_tag_ids", format!("at most {MOST_TAGS} tags")));
        }
        if self
            .add_tag_ids
            .iter()
            .any(|tag| self.remove_tag_ids.contains(tag))
        {
            return Some((
                "changes/remove_tag_ids",
                "a tag is added or removed, not both".to_owned(),
            ));
        }
        None
    }

    /// The parts that there are, in the order in which they are carried out: who may see the ticket first, and what
    /// ends the work on it last.
    pub fn parts(&self) -> impl Iterator<Item = MacroPart> + '_ {
        let has = |part: &MacroPart| match part {
            MacroPart::Team => self.team_id.is_some(),
            MacroPart::Assignee => self.assignee.is_some(),
            MacroPart::Priority => self.priority.is_some(),
            MacroPart::Kind => self.kind.is_some(),
            MacroPart::Status => self.status_id.is_some(),
            MacroPart::Tags => !self.add_tag_ids.is_empty() || !self.remove_tag_ids.is_empty(),
        };
        MacroPart::ALL.iter().copied().filter(has)
    }
}

impl MacroContext {
    pub fn holds(&self, channel: Channel, team: Option<TeamId>) -> bool {
        (self.channels.is_empty() || self.channels.contains(&channel))
            && (self.team_ids.is_empty() || team.is_some_and(|team| self.team_ids.contains(&team)))
    }

    /// The team is no more. `false`: the macro was for that team alone, and now for no ticket.
    pub fn forget_team(&mut self, team: TeamId) -> bool {
        let before = self.team_ids.len();
        self.team_ids.retain(|one| *one != team);
        before == 0 || !self.team_ids.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const KNOWN: &[&str] = &["customer.name", "ticket.number"];

    fn text(locale: &str, text: &str) -> MacroText {
        MacroText {
            locale: locale.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn each_text_has_a_language_of_its_own_and_known_variables() {
        let long = "长".repeat(LONGEST_TEXT + 1);
        for (texts, fault) in [
            (vec![], None),
            (
                vec![text("zh", "您好 {{customer.name|您}}"), text("", "Hello")],
                None,
            ),
            (
                vec![text("zh", "一"), text("ZH", "二")],
                Some("each language once"),
            ),
            (vec![text("zh", " \n")], Some("write something")),
            (vec![text("中文", "一")], Some("write the language")),
            (vec![text("en", &long)], Some("at most 10000")),
            (
                vec![text("en", "Dear {{customer.nmae}}")],
                Some("{{customer.nmae}} is no variable; there are customer.name, ticket.number"),
            ),
            (vec![text("en", "a"); 21], Some("at most 20")),
        ] {
            let found = fault_of_texts(&texts, KNOWN);
            match fault {
                Some(words) => assert!(
                    found.as_deref().is_some_and(|found| found.starts_with(words)),
                    "{found:?}"
                ),
                None => assert_eq!(found, None),
            }
        }
    }

    #[test]
    fn a_shortcut_is_typed_without_pause() {
        for (shortcut, good) in [
            ("", true),
            ("tk", true),
            ("退款", true),
            ("a b", false),
            (";x", false),
        ] {
            assert_eq!(fault_of_shortcut(shortcut).is_none(), good, "{shortcut}");
        }
    }

    #[test]
    fn changes_come_in_an_order_that_does_not_hinder_the_next() {
        let changes = MacroChanges {
            status_id: Some(StatusId(Uuid::nil())),
            team_id: Some(TeamId(Uuid::nil())),
            add_tag_ids: vec![TagId(Uuid::nil())],
            ..MacroChanges::default()
        };
        assert_eq!(
            changes.parts().collect::<Vec<_>>(),
            [MacroPart::Team, MacroPart::Status, MacroPart::Tags]
        );
        assert!(!changes.is_empty() && MacroChanges::default().is_empty());
        let both = MacroChanges {
            remove_tag_ids: changes.add_tag_ids.clone(),
            ..changes
        };
        assert_eq!(
            both.fault().map(|(field, _)| field),
            Some("changes/remove_tag_ids")
        );
    }

    #[test]
    fn a_macro_is_for_the_tickets_of_its_channels_and_teams() {
        let team = |number: u128| TeamId(Uuid::from_u128(number));
        let context = MacroContext {
            channels: vec![Channel::Chat],
            team_ids: vec![team(1)],
        };
        for (channel, of, holds) in [
            (Channel::Chat, Some(team(1)), true),
            (Channel::Email, Some(team(1)), false),
            (Channel::Chat, Some(team(2)), false),
            (Channel::Chat, None, false),
        ] {
            assert_eq!(context.holds(channel, of), holds, "{channel:?} {of:?}");
            assert!(MacroContext::default().holds(channel, of));
        }
        let mut of_two = MacroContext {
            team_ids: vec![team(1), team(2)],
            ..MacroContext::default()
        };
        assert!(of_two.forget_team(team(1)) && of_two.team_ids == [team(2)]);
        assert!(!of_two.forget_team(team(2)), "it is not for every team now");
        assert!(MacroContext::default().forget_team(team(1)));
    }
}
