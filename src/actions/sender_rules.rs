//! Whose mail is kept back, and whose automatic mail makes tickets: said by a person.

use shouwen_core::customer::fold;
use shouwen_core::id::SenderRuleId;
use shouwen_core::time::Timestamp;

use super::recipients::is_address;
use crate::db::Error;
use crate::log::Change;
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, SenderRuleRow};

/// Longest domain name (RFC 1035).
const LONGEST_DOMAIN: usize = 253;

#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("write an address such as ann@shop.example, or a domain such as shop.example")]
    NotASender,
    #[error("choose a time in the future")]
    Past,
    #[error("no such rule")]
    NoSuchRule,
    #[error(transparent)]
    Store(#[from] Error),
}

#[derive(Debug, Clone)]
pub struct NewRule {
    pub kind: RuleKind,
    pub sender: String,
    pub expires_at: Option<Timestamp>,
}

/// Sets the rule of a sender; one that is there gives way.
pub async fn set(change: &mut Change, new: &NewRule) -> Result<SenderRuleRow, RuleError> {
    let (workspace, now) = (change.workspace(), change.now());
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(RuleError::Past);
    }
    let row = SenderRuleRow {
        id: change.next_id(),
        kind: new.kind,
        sender: sender(&new.sender).ok_or(RuleError::NotASender)?,
        why: RuleOrigin::Person,
        agent_id: change.actor().agent(),
        created_at: now,
        expires_at: new.expires_at,
    };
    sender_rules::set(change.tx(), workspace, &row).await?;
    Ok(row)
}

pub async fn remove(change: &mut Change, id: SenderRuleId) -> Result<(), RuleError> {
    let workspace = change.workspace();
    if sender_rules::remove(change.tx(), workspace, id).await? {
        Ok(())
    } else {
        Err(RuleError::NoSuchRule)
    }
}

/// An address, or a domain with or without its @, folded.
fn sender(text: &str) -> Option<String> {
    let folded = fold(text);
    let domain = folded.strip_prefix('@').unwrap_or(&folded);
    let is_domain = domain.contains('.')
        && domain.len() <= LONGEST_DOMAIN
        && domain.split('.').all(|part| !part.is_empty())
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if is_domain {
        Some(domain.to_owned())
    } else {
        is_address(&folded).then_some(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::sender;

    #[test]
    fn a_sender_is_an_address_or_a_domain() {
        for (text, wanted) in [
            (" Ann@Shop.Example ", Some("ann@shop.example")),
            ("@shop.example", Some("shop.example")),
            ("news.shop.example", Some("news.shop.example")),
            ("localhost", None),
            ("a b@c.d", None),
            ("shop..example", None),
            ("", None),
        ] {
            assert_eq!(sender(text).as_deref(), wanted, "{text}");
        }
    }
}
