//! The settings of an email inbox: checked before they hold. Passwords are sealed, never shown, and never sent to
//! another server.

use shouwen_core::customer::fold;
use shouwen_core::fault::Fault;

use super::administration::{self, Result};
use super::inbox_secrets;
use crate::secrets::Secrets;
use crate::store::inboxes::{Account, Acknowledge, EmailSettings, InboxRow, Security, Signature};

#[derive(Debug, Clone, Default)]
pub struct EmailForm {
    pub sender_name: String,
    pub smtp: Option<AccountForm>,
    pub imap: Option<AccountForm>,
    pub imap_folder: String,
    pub signature: String,
    /// `None` here and below: what was there stays.
    pub signatures: Option<Vec<Signature>>,
    pub undo_seconds: Option<i64>,
    pub per_minute: Option<i64>,
    pub alarm_after_minutes: Option<i64>,
    /// What is left out stays.
    pub incoming: IncomingForm,
}

/// How an inbox treats the mail that comes; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct IncomingForm {
    pub acknowledge: Option<Acknowledge>,
    pub same_sender_days: Option<i64>,
    pub follow_up_after_days: Option<i64>,
    pub loop_limit: Option<i64>,
    pub aliases: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
pub struct AccountForm {
    pub account: Account,
    /// Left out to keep the one that is there.
    pub password: Option<String>,
}

/// Sets what is to hold of an email inbox.
pub fn apply(inbox: &mut InboxRow, form: &EmailForm, secrets: &Secrets) -> Result<()> {
    let before = inbox.settings.0.email.clone().unwrap_or_default();
    // What was sealed with another key is lost, so that it can be given again.
    let mut kept = inbox_secrets::open(secrets, inbox).unwrap_or_default();
    kept.smtp_password = password(
        "settings/smtp",
        before.smtp.as_ref(),
        form.smtp.as_ref(),
        kept.smtp_password,
    )?;
    kept.imap_password = password(
        "settings/imap",
        before.imap.as_ref(),
        form.imap.as_ref(),
        kept.imap_password,
    )?;
    if form
        .imap
        .as_ref()
        .is_some_and(|imap| imap.account.username.is_none())
    {
        return administration::wrong("settings/imap/username", Fault::UserNameNeeded);
    }
    check_sending(form)?;
    let folder = form.imap_folder.trim();
    inbox.settings.0.email = Some(EmailSettings {
        sender_name: form.sender_name.trim().chars().take(120).collect(),
        smtp: form.smtp.as_ref().map(|smtp| smtp.account.clone()),
        imap: form.imap.as_ref().map(|imap| imap.account.clone()),
        imap_folder: if folder.is_empty() {
            "INBOX".to_owned()
        } else {
            folder.to_owned()
        },
        signature: form.signature.clone(),
        acknowledge: checked_acknowledge(form.incoming.acknowledge.as_ref().unwrap_or(&before.acknowledge))?,
        same_sender_days: days(
            "settings/same_sender_days",
            form.incoming.same_sender_days.unwrap_or(before.same_sender_days),
            30,
        )?,
        follow_up_after_days: days(
            "settings/follow_up_after_days",
            form.incoming
                .follow_up_after_days
                .unwrap_or(before.follow_up_after_days),
            3650,
        )?,
        aliases: checked_aliases(form.incoming.aliases.as_deref().unwrap_or(&before.aliases))?,
        loop_limit: checked_limit(form.incoming.loop_limit.or(before.loop_limit))?,
        signatures: form.signatures.clone().unwrap_or(before.signatures),
        undo_seconds: form.undo_seconds.or(before.undo_seconds),
        per_minute: form.per_minute.or(before.per_minute).filter(|mails| *mails > 0),
        alarm_after_minutes: form.alarm_after_minutes.or(before.alarm_after_minutes),
        oauth: before.oauth,
    });
    inbox.secrets = inbox_secrets::seal(secrets, &kept);
    Ok(())
}

fn checked_acknowledge(given: &Acknowledge) -> Result<Acknowledge> {
    let texts = [&given.text_en, &given.text_zh];
    if texts.iter().any(|text| text.chars().count() > 5_000) {
        return administration::wrong("settings/acknowledge", "at most 5000 characters in each language");
    }
    if given.on && texts.iter().all(|text| text.trim().is_empty()) {
        return administration::wrong("settings/acknowledge", Fault::AcknowledgeWords);
    }
    Ok(given.clone())
}

/// Each once, as addresses are compared.
fn checked_aliases(given: &[String]) -> Result<Vec<String>> {
    if given.len() > MOST_ALIASES {
        return administration::wrong("settings/aliases", Fault::TooMany { most: 50 });
    }
    let mut kept: Vec<String> = Vec::new();
    for text in given.iter().filter(|text| !text.trim().is_empty()) {
        let folded = fold(&administration::email("settings/aliases", text)?);
        if !kept.contains(&folded) {
            kept.push(folded);
        }
    }
    Ok(kept)
}

/// Few enough to stop a loop before it hurts; many enough for a person and a shop's own notices.
fn checked_limit(mails: Option<i64>) -> Result<Option<i64>> {
    match mails {
        Some(mails) if !(5..=10_000).contains(&mails) => administration::wrong(
            "settings/loop_limit",
            Fault::OutOfRange {
                least: 5,
                most: 10_000,
            },
        ),
        mails => Ok(mails),
    }
}

fn days(field: &'static str, days: i64, most: i64) -> Result<i64> {
    if (0..=most).contains(&days) {
        Ok(days)
    } else {
        administration::wrong(field, Fault::DaysOutOfRange { least: 0, most })
    }
}

/// Most other addresses of one inbox.
const MOST_ALIASES: usize = 50;
/// Longest signature, in characters, before its variables are filled in.
pub const LONGEST_SIGNATURE: usize = 5_000;
/// Most languages of one signature.
pub const MOST_SIGNATURES: usize = 20;

fn check_sending(form: &EmailForm) -> Result<()> {
    if form
        .undo_seconds
        .is_some_and(|seconds| seconds != 0 && !(5..=30).contains(&seconds))
    {
        return administration::wrong("settings/undo_seconds", Fault::UndoSeconds);
    }
    if form
        .per_minute
        .is_some_and(|mails| !(0..=100_000).contains(&mails))
    {
        return administration::wrong(
            "settings/per_minute",
            Fault::OutOfRange {
                least: 0,
                most: 100_000,
            },
        );
    }
    if form
        .alarm_after_minutes
        .is_some_and(|minutes| !(1..=1440).contains(&minutes))
    {
        return administration::wrong(
            "settings/alarm_after_minutes",
            Fault::OutOfRange { least: 1, most: 1440 },
        );
    }
    if form.signature.chars().count() > LONGEST_SIGNATURE {
        return administration::wrong("settings/signature", Fault::TooLong { most: 5000 });
    }
    check_signatures(
        "settings/signatures",
        form.signatures.as_deref().unwrap_or_default(),
    )
}

/// Each language once, none too long.
pub fn check_signatures(field: &'static str, signatures: &[Signature]) -> Result<()> {
    if signatures.len() > MOST_SIGNATURES {
        return administration::wrong(field, Fault::TooMany { most: 20 });
    }
    for (place, one) in signatures.iter().enumerate() {
        let plain = one.locale.len() <= 35
            && one
                .locale
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plain {
            return administration::wrong(field, Fault::NotALanguage);
        }
        if one.text.chars().count() > LONGEST_SIGNATURE {
            return administration::wrong(field, Fault::TooLong { most: 5000 });
        }
        if signatures[..place]
            .iter()
            .any(|other| other.locale.eq_ignore_ascii_case(&one.locale))
        {
            return administration::wrong(field, Fault::LanguageTwice);
        }
    }
    Ok(())
}

/// The password that holds from now on.
fn password(
    field: &'static str,
    before: Option<&Account>,
    form: Option<&AccountForm>,
    kept: Option<String>,
) -> Result<Option<String>> {
    let Some(form) = form else { return Ok(None) };
    let account = &form.account;
    if account.host.is_empty() || account.host.chars().any(|c| c.is_whitespace() || c == '/') {
        return administration::wrong(field, Fault::HostNeeded);
    }
    if account.port == 0 {
        return administration::wrong(
            field,
            Fault::OutOfRange {
                least: 1,
                most: 65_535,
            },
        );
    }
    if form.password.is_some() || kept.is_none() {
        return Ok(form.password.clone().filter(|password| !password.is_empty()));
    }
    // Whoever may change an inbox must not learn its password by having it sent elsewhere.
    let same = before.is_some_and(|before| {
        before.host == account.host
            && before.username == account.username
            && (account.security != Security::None || before.security == Security::None)
    });
    if same {
        Ok(kept)
    } else {
        administration::wrong(field, Fault::PasswordAgain)
    }
}
