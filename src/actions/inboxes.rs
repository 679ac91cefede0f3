//! Inboxes: making and changing them. What is told of mail stands in `email_settings`.

use shouwen_core::channel::Channel;
use shouwen_core::customer::fold;
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{InboxId, TeamId};

use super::administration::{self, AdminError, Result};
use super::email_settings::{self, EmailForm};
use crate::db::{self, JsonText};
use crate::log::Change;
use crate::secrets::Secrets;
use crate::store::agents;
use crate::store::inboxes::{self, ChatSettings, InboxRow, InboxSettings};

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
        (Some(SettingsForm::Email(email)), Channel::Email) => email_settings::apply(inbox, email, secrets),
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

fn address_taken(error: db::Error) -> AdminError {
    match error {
        db::Error::Conflict(_) => AdminError::Conflict(Fault::InboxAddressTaken),
        error => error.into(),
    }
}
