//! Inboxes: making and changing them. Passwords are sealed, never shown, and never sent to another server.

use shouwen_core::channel::Channel;
use shouwen_core::customer::fold;
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{InboxId, TeamId};

use super::administration::{self, AdminError, Result};
use crate::db::{self, JsonText};
use crate::log::Change;
use crate::secrets::Secrets;
use crate::store::agents;
use crate::store::inboxes::{
    self, Account, Acknowledge, ChatSettings, EmailSettings, InboxRow, InboxSecrets, InboxSettings, Security,
    Signature,
};

/// What the secrets of an inbox are sealed for.
pub const SEALED_FOR: &str = "inbox";

/// What is to hold; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct InboxForm {
    pub name: Option<String>,
    pub address: Option<Option<String>>,
    pub team: Option<Option<TeamId>>,
    pub active: Option<bool>,
    pub settings: Option<SettingsForm>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, for as long as it is read"
)]
#[derive(Debug, Clone)]
pub enum SettingsForm {
    Email(EmailForm),
    Chat(ChatSettings),
    Phone,
}

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
}

#[derive(Debug, Clone)]
pub struct AccountForm {
    pub account: Account,
    /// Left out to keep the one that is there.
    pub password: Option<String>,
}

/// A new inbox: its channel never changes. `widget_key` is random, used for a chat.
#[derive(Debug, Clone)]
pub struct NewInbox {
    pub channel: Channel,
    pub form: InboxForm,
    pub widget_key: String,
}

pub async fn create(change: &mut Change, new: &NewInbox, secrets: &Secrets) -> Result<InboxId> {
    let mut inbox = InboxRow {
        workspace_id: change.workspace(),
        id: change.next_id(),
        name: administration::name("name", new.form.name.as_deref().unwrap_or_default(), 80)?,
        channel: new.channel,
        address: None,
        widget_key: (new.channel == Channel::Chat).then(|| new.widget_key.clone()),
        team_id: None,
        settings: JsonText(InboxSettings::default()),
        secrets: None,
        active: new.form.active.unwrap_or(true),
        created_at: change.now(),
    };
    let settings = new
        .form
        .settings
        .clone()
        .unwrap_or_else(|| default_settings(new.channel));
    apply(
        change,
        &mut inbox,
        &InboxForm {
            settings: Some(settings),
            ..new.form.clone()
        },
        secrets,
    )
    .await?;
    if inbox.channel == Channel::Email && inbox.address.is_none() {
        return administration::wrong("address", Fault::InboxAddressNeeded);
    }
    inboxes::add(change.tx(), &inbox).await.map_err(address_taken)?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Inboxes,
    });
    Ok(inbox.id)
}

pub async fn update(change: &mut Change, id: InboxId, form: &InboxForm, secrets: &Secrets) -> Result<()> {
    let workspace = change.workspace();
    let found = inboxes::lock(change.tx(), workspace, id).await?;
    let mut inbox = found.ok_or(AdminError::NotFound("inbox"))?;
    apply(change, &mut inbox, form, secrets).await?;
    inboxes::save(change.tx(), &inbox).await.map_err(address_taken)?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Inboxes,
    });
    Ok(())
}

async fn apply(change: &mut Change, inbox: &mut InboxRow, form: &InboxForm, secrets: &Secrets) -> Result<()> {
    if let Some(name) = &form.name {
        inbox.name = administration::name("name", name, 80)?;
    }
    if let Some(address) = &form.address {
        inbox.address = read_address(inbox.channel, address.as_deref())?;
    }
    if let Some(team) = form.team {
        inbox.team_id = known_team(change, team).await?;
    }
    inbox.active = form.active.unwrap_or(inbox.active);
    match (&form.settings, inbox.channel) {
        (None, _) | (Some(SettingsForm::Phone), Channel::Phone) => Ok(()),
        (Some(SettingsForm::Email(email)), Channel::Email) => apply_email(inbox, email, secrets),
        (Some(SettingsForm::Chat(chat)), Channel::Chat) => {
            known_email_inbox(change, chat.email_inbox).await?;
            inbox.settings.0.chat = Some(checked_chat(chat)?);
            Ok(())
        }
        _ => administration::wrong("settings", Fault::OtherChannel),
    }
}

fn read_address(channel: Channel, address: Option<&str>) -> Result<Option<String>> {
    match (channel, address.map(str::trim).filter(|text| !text.is_empty())) {
        (Channel::Email, Some(text)) => Ok(Some(fold(&administration::email("address", text)?))),
        (Channel::Email, None) => administration::wrong("address", Fault::InboxAddressNeeded),
        // The number of a telephone line, as people write it.
        (Channel::Phone, text) => Ok(text.map(ToOwned::to_owned)),
        (Channel::Chat, None) => Ok(None),
        (Channel::Chat, Some(_)) => administration::wrong("address", Fault::ChatHasNoAddress),
    }
}

async fn known_team(change: &mut Change, team: Option<TeamId>) -> Result<Option<TeamId>> {
    let Some(id) = team else { return Ok(None) };
    let workspace = change.workspace();
    if agents::teams(change.tx(), workspace)
        .await?
        .iter()
        .any(|team| team.id == id)
    {
        Ok(Some(id))
    } else {
        administration::wrong("team_id", Fault::NoSuchTeam)
    }
}

async fn known_email_inbox(change: &mut Change, inbox: Option<InboxId>) -> Result<()> {
    let Some(id) = inbox else { return Ok(()) };
    let workspace = change.workspace();
    match inboxes::find(change.tx(), workspace, id).await? {
        Some(found) if found.channel == Channel::Email => Ok(()),
        _ => administration::wrong("settings/email_inbox_id", Fault::ChooseEmailInbox),
    }
}

fn default_settings(channel: Channel) -> SettingsForm {
    match channel {
        Channel::Email => SettingsForm::Email(EmailForm::default()),
        Channel::Chat => SettingsForm::Chat(ChatSettings {
            color: "#2563eb".to_owned(),
            ..ChatSettings::default()
        }),
        Channel::Phone => SettingsForm::Phone,
    }
}

fn checked_chat(chat: &ChatSettings) -> Result<ChatSettings> {
    let hex = chat.color.strip_prefix('#').unwrap_or_default();
    if hex.len() != 6 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return administration::wrong("settings/color", Fault::NotAColor);
    }
    if chat.title.chars().count() > 80 {
        return administration::wrong("settings/title", Fault::TooLong { most: 80 });
    }
    if chat.greeting.chars().count() > 1000 {
        return administration::wrong("settings/greeting", Fault::TooLong { most: 1000 });
    }
    if chat
        .email_after_minutes
        .is_some_and(|minutes| !(0..=1440).contains(&minutes))
    {
        return administration::wrong(
            "settings/email_after_minutes",
            Fault::OutOfRange { least: 0, most: 1440 },
        );
    }
    let origins = chat.allowed_origins.iter().map(|text| origin(text));
    Ok(ChatSettings {
        allowed_origins: origins.collect::<Result<_>>()?,
        ..chat.clone()
    })
}

/// As browsers write it: scheme, host, and the port if it is not the scheme's own.
fn origin(text: &str) -> Result<String> {
    let url = url::Url::parse(text.trim()).ok();
    let plain = url
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none());
    match plain {
        Some(url) => Ok(url.origin().ascii_serialization()),
        None => administration::wrong("settings/allowed_origins", Fault::NotOrigins),
    }
}

fn apply_email(inbox: &mut InboxRow, form: &EmailForm, secrets: &Secrets) -> Result<()> {
    let before = inbox.settings.0.email.clone().unwrap_or_default();
    let mut kept = open_secrets(inbox, secrets);
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
        signatures: form.signatures.clone().unwrap_or(before.signatures),
        undo_seconds: form.undo_seconds.or(before.undo_seconds),
        per_minute: form.per_minute.or(before.per_minute).filter(|mails| *mails > 0),
        alarm_after_minutes: form.alarm_after_minutes.or(before.alarm_after_minutes),
        oauth: before.oauth,
    });
    let any = kept.smtp_password.is_some() || kept.imap_password.is_some();
    let json = serde_json::to_string(&kept).expect("secrets are plain data");
    inbox.secrets = any.then(|| secrets.seal(SEALED_FOR, &json));
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

fn days(field: &'static str, days: i64, most: i64) -> Result<i64> {
    if (0..=most).contains(&days) {
        Ok(days)
    } else {
        administration::wrong(field, Fault::DaysOutOfRange { least: 0, most })
    }
}

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

/// The sealed passwords; none when they were sealed with another key, so that they can be given again.
pub fn open_secrets(inbox: &InboxRow, secrets: &Secrets) -> InboxSecrets {
    let json = inbox
        .secrets
        .as_ref()
        .and_then(|sealed| secrets.unseal(SEALED_FOR, sealed).ok());
    json.and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
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

fn address_taken(error: db::Error) -> AdminError {
    match error {
        db::Error::Conflict(_) => AdminError::Conflict(Fault::InboxAddressTaken),
        error => error.into(),
    }
}
