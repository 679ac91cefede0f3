//! What the actions of administrators share: why they refuse, and how names and addresses are read.

use shouwen_core::actor::{Actor, PermissionSet, Scope};
use shouwen_core::customer::fold;
use shouwen_core::fault::Fault;

use crate::db;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// One field of what was given is wrong.
    #[error("{detail}")]
    Wrong { field: &'static str, detail: Fault },
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What is there stands against it.
    #[error("{0}")]
    Conflict(Fault),
    /// The caller may not do this to these people or with these permissions.
    #[error("{0}")]
    Refused(Fault),
    #[error(transparent)]
    Store(#[from] db::Error),
}

pub type Result<T> = std::result::Result<T, AdminError>;

pub fn wrong<T>(field: &'static str, detail: impl Into<Fault>) -> Result<T> {
    Err(AdminError::Wrong {
        field,
        detail: detail.into(),
    })
}

/// A name of 1 to `longest` characters, without white space around it.
pub fn name(field: &'static str, text: &str, longest: usize) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => wrong(field, Fault::NameNeeded),
        length if length > longest => wrong(field, Fault::TooLong { most: longest }),
        _ => Ok(text.to_owned()),
    }
}

/// An email address, as far as it can be told without sending to it.
pub fn email(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let plain = text.len() <= 254
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    match text.rsplit_once('@') {
        Some((local, domain)) if plain && !local.is_empty() && !local.contains('@') && is_domain(domain) => {
            Ok(text.to_owned())
        }
        _ => wrong(field, Fault::NotAnEmail),
    }
}

fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

/// A locale that the desk speaks.
pub fn locale(text: &str) -> Result<String> {
    match text {
        "en" | "zh" => Ok(text.to_owned()),
        _ => wrong("locale", Fault::NotALocale),
    }
}

/// Whether somebody holds all that a role gives: every permission, and no narrower a scope.
pub fn holds(actor: &Actor, permissions: PermissionSet, scope: Scope) -> bool {
    permissions.iter().all(|permission| actor.may(permission)) && width(actor.scope) >= width(scope)
}

fn width(scope: Scope) -> u8 {
    match scope {
        Scope::Assigned => 0,
        Scope::Teams => 1,
        Scope::All => 2,
    }
}

/// How two things' names are compared.
pub fn same_name(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_what_is_none() {
        for (text, good) in [
            ("wang@shop.example", true),
            (" wang@shop.example ", true),
            ("wang@localhost", true),
            ("王芳@例子.公司", true),
            ("wang", false),
            ("@shop.example", false),
            ("wang@", false),
            ("wang@shop..example", false),
            ("wang@-shop.example", false),
            ("a@b@shop.example", false),
            ("Wang <wang@shop.example>", false),
            ("wang fang@shop.example", false),
        ] {
            assert_eq!(email("email", text).is_ok(), good, "{text}");
        }
    }
}
