//! The settings of an inbox as the API speaks them: one shape for each channel.

use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::InboxId;
use utoipa::ToSchema;

use crate::actions::email_settings::{AccountForm, EmailForm, IncomingForm};
use crate::actions::inboxes::SettingsForm;
use crate::http::Failure;
use crate::http::problem::read_value;
use crate::store::inboxes::{
    self as store, Account, Acknowledge, InboxSecrets, InboxSettings, Security, Signature,
};

#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, for as long as it is shown"
)]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Settings {
    Email(EmailSettings),
    Chat(ChatSettings),
    Phone(PhoneSettings),
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmailSettings {
    pub sender_name: String,
    pub smtp: Option<SmtpAccount>,
    pub imap: Option<ImapAccount>,
    /// For whoever has none in their language.
    pub signature: String,
    pub signatures: Vec<Signature>,
    /// How long an answer can be taken back: 0 (not at all), or 5 to 30.
    pub undo_seconds: i64,
    /// Most mails in a minute through the account; null: as fast as it goes.
    pub per_minute: Option<i64>,
    /// After so many minutes of failing alone an alarm is raised.
    pub alarm_after_minutes: i64,
    pub acknowledge: Acknowledge,
    /// Mail of the same sender with the same subject joins within so many days; 0: never.
    pub same_sender_days: i64,
    /// Mail to a ticket solved longer ago opens another that follows up on it; 0: never.
    pub follow_up_after_days: i64,
    /// More mails of one sender, or in one ticket, within ten minutes are kept back as a loop.
    pub loop_limit: i64,
    /// Other addresses that lead to this inbox and that its people write from.
    pub aliases: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SmtpAccount {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: Option<String>,
    pub has_password: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImapAccount {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: String,
    pub folder: String,
    pub has_password: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChatSettings {
    /// Such as `#2563eb`.
    pub color: String,
    #[serde(default)]
    #[schema(required)]
    pub title: String,
    #[serde(default)]
    #[schema(required)]
    pub greeting: String,
    /// Origins of pages that may show the widget; none: any.
    #[serde(default)]
    #[schema(required)]
    pub allowed_origins: Vec<String>,
    #[serde(default)]
    #[schema(required)]
    pub ask_email: bool,
    /// After so many minutes unseen an answer goes out by mail; 0: never; null: the default.
    #[serde(default)]
    pub email_after_minutes: Option<i64>,
    /// Which inbox sends it; null: the first that can.
    #[serde(default)]
    pub email_inbox_id: Option<InboxId>,
}

/// A telephone line has none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhoneSettings {}

/// What a client sends: read by the channel, see [`read_settings`].
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, for as long as it is read"
)]
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum SettingsIn {
    Email(EmailBody),
    Chat(ChatSettings),
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct EmailBody {
    #[serde(default)]
    sender_name: String,
    smtp: Option<AccountBody>,
    imap: Option<AccountBody>,
    #[serde(default)]
    signature: String,
    /// Left out or null, here and below: what was there stays.
    signatures: Option<Vec<Signature>>,
    undo_seconds: Option<i64>,
    /// 0: as fast as it goes.
    per_minute: Option<i64>,
    alarm_after_minutes: Option<i64>,
    acknowledge: Option<Acknowledge>,
    same_sender_days: Option<i64>,
    follow_up_after_days: Option<i64>,
    loop_limit: Option<i64>,
    aliases: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct AccountBody {
    host: String,
    port: u16,
    security: Security,
    username: Option<String>,
    folder: Option<String>,
    /// Left out: the one that is kept already.
    password: Option<String>,
}

impl AccountBody {
    fn form(self) -> AccountForm {
        let username = self
            .username
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty());
        let account = Account {
            host: self.host.trim().to_owned(),
            port: self.port,
            security: self.security,
            username,
        };
        AccountForm {
            account,
            password: self.password,
        }
    }
}

/// Reads what a client sent as the settings of this channel.
pub fn read_settings(channel: Channel, given: serde_json::Value) -> Result<SettingsForm, Failure> {
    Ok(match channel {
        Channel::Email => {
            let body: EmailBody = read_value(given, "/settings")?;
            let imap_folder = body
                .imap
                .as_ref()
                .and_then(|imap| imap.folder.clone())
                .unwrap_or_default();
            SettingsForm::Email(EmailForm {
                sender_name: body.sender_name,
                smtp: body.smtp.map(AccountBody::form),
                imap: body.imap.map(AccountBody::form),
                imap_folder,
                signature: body.signature,
                signatures: body.signatures,
                undo_seconds: body.undo_seconds,
                per_minute: body.per_minute,
                alarm_after_minutes: body.alarm_after_minutes,
                incoming: IncomingForm {
                    acknowledge: body.acknowledge,
                    same_sender_days: body.same_sender_days,
                    follow_up_after_days: body.follow_up_after_days,
                    loop_limit: body.loop_limit,
                    aliases: body.aliases,
                },
            })
        }
        Channel::Chat => {
            let body: ChatSettings = read_value(given, "/settings")?;
            SettingsForm::Chat(store::ChatSettings {
                color: body.color,
                title: body.title,
                greeting: body.greeting,
                allowed_origins: body.allowed_origins,
                ask_email: body.ask_email,
                email_after_minutes: body.email_after_minutes,
                email_inbox: body.email_inbox_id,
            })
        }
        Channel::Phone => SettingsForm::Phone,
    })
}

/// What a client may see.
pub fn show_settings(channel: Channel, settings: &InboxSettings, secrets: &InboxSecrets) -> Settings {
    match channel {
        Channel::Email => Settings::Email(show_email(settings.email.clone().unwrap_or_default(), secrets)),
        Channel::Chat => {
            let chat = settings.chat.clone().unwrap_or_default();
            Settings::Chat(ChatSettings {
                email_after_minutes: Some(chat.email_after_minutes()),
                color: chat.color,
                title: chat.title,
                greeting: chat.greeting,
                allowed_origins: chat.allowed_origins,
                ask_email: chat.ask_email,
                email_inbox_id: chat.email_inbox,
            })
        }
        Channel::Phone => Settings::Phone(PhoneSettings {}),
    }
}

fn show_email(email: store::EmailSettings, secrets: &InboxSecrets) -> EmailSettings {
    EmailSettings {
        undo_seconds: email.undo_seconds(),
        per_minute: email.per_minute,
        alarm_after_minutes: email.alarm_after_minutes(),
        loop_limit: email.loop_limit(),
        aliases: email.aliases,
        signatures: email.signatures,
        sender_name: email.sender_name,
        smtp: email.smtp.map(|account| SmtpAccount {
            host: account.host,
            port: account.port,
            security: account.security,
            username: account.username,
            has_password: secrets.smtp_password.is_some(),
        }),
        imap: email.imap.map(|account| ImapAccount {
            host: account.host,
            port: account.port,
            security: account.security,
            username: account.username.unwrap_or_default(),
            folder: email.imap_folder,
            has_password: secrets.imap_password.is_some(),
        }),
        signature: email.signature,
        acknowledge: email.acknowledge,
        same_sender_days: email.same_sender_days,
        follow_up_after_days: email.follow_up_after_days,
    }
}
