//! Inboxes: instances of a channel, with their settings and sealed secrets.

use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{InboxId, TeamId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::oauth::OauthProvider;
use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InboxRow {
    pub workspace_id: WorkspaceId,
    pub id: InboxId,
    pub name: String,
    pub channel: Channel,
    /// Email: the folded address.
    pub address: Option<String>,
    /// Chat: the public key in the script tag.
    pub widget_key: Option<String>,
    pub team_id: Option<TeamId>,
    pub settings: JsonText<InboxSettings>,
    /// [`InboxSecrets`] as JSON, sealed for "inbox".
    pub secrets: Option<String>,
    pub active: bool,
    pub created_at: Timestamp,
}

/// One of them is there, by the channel; none for a telephone line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxSettings {
    pub email: Option<EmailSettings>,
    pub chat: Option<ChatSettings>,
}

impl InboxRow {
    /// Every address of an email inbox, its own first.
    pub fn addresses(&self) -> impl Iterator<Item = &String> {
        let email = self.settings.0.email.iter();
        self.address.iter().chain(email.flat_map(|email| &email.aliases))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailSettings {
    pub sender_name: String,
    pub smtp: Option<Account>,
    pub imap: Option<Account>,
    /// The IMAP folder that is read.
    pub imap_folder: String,
    /// For whoever has none in their language.
    pub signature: String,
    pub signatures: Vec<Signature>,
    /// How long an answer can be taken back; `None`: the default.
    pub undo_seconds: Option<i64>,
    /// Most mails in a minute through the account; `None`: as fast as it goes.
    pub per_minute: Option<i64>,
    /// After so many minutes of failing alone an alarm is raised; `None`: the default.
    pub alarm_after_minutes: Option<i64>,
    /// Signed in to by OAuth 2 instead of a password.
    pub oauth: Option<OauthLink>,
    pub acknowledge: Acknowledge,
    /// Mail of the same sender with the same subject joins within so many days; 0: never.
    pub same_sender_days: i64,
    /// Mail to a ticket that was solved longer ago opens another that follows up on it; 0: never.
    pub follow_up_after_days: i64,
    /// More mails of one sender, or in one ticket, within ten minutes are a loop; `None`: the default.
    pub loop_limit: Option<i64>,
    /// Other addresses, folded, that lead to this inbox and that its people write from.
    pub aliases: Vec<String>,
}

/// More than a person writes within ten minutes.
pub const LOOP_LIMIT: i64 = 40;

impl EmailSettings {
    pub fn undo_seconds(&self) -> i64 {
        self.undo_seconds.unwrap_or(10)
    }

    pub fn alarm_after_minutes(&self) -> i64 {
        self.alarm_after_minutes.unwrap_or(15)
    }

    pub fn loop_limit(&self) -> i64 {
        self.loop_limit.unwrap_or(LOOP_LIMIT)
    }
}

/// Which account at a provider a mailbox is; its tokens are kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthLink {
    pub provider: OauthProvider,
    pub username: String,
    pub connected_at: Timestamp,
}

/// A template of words below an answer, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Signature {
    /// Such as `en`; of an agent also empty, for every language without one of its own.
    pub locale: String,
    pub text: String,
}

/// Whether and how a sender is told that their mail arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Acknowledge {
    pub on: bool,
    /// `{{ticket.number}}` and `{{ticket.subject}}` are filled in.
    pub text_en: String,
    pub text_zh: String,
    /// It says how to get no more of its kind (RFC 8058).
    pub may_decline: bool,
}

/// A server that we sign in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: Option<String>,
}

shouwen_core::words! {
    Security { None = "none", StartTls = "starttls", Tls = "tls" }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatSettings {
    pub color: String,
    pub title: String,
    pub greeting: String,
    /// Origins of pages that may show the widget; empty: any.
    pub allowed_origins: Vec<String>,
    pub ask_email: bool,
    /// After so many minutes unseen an answer goes out by mail; 0: never; `None`: the default.
    pub email_after_minutes: Option<i64>,
    /// Which inbox sends it; `None`: the first that can.
    pub email_inbox: Option<InboxId>,
}

impl ChatSettings {
    pub fn email_after_minutes(&self) -> i64 {
        self.email_after_minutes.unwrap_or(10)
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxSecrets {
    pub smtp_password: Option<String>,
    pub imap_password: Option<String>,
}

const COLUMNS: &str =
    "workspace_id, id, name, channel, address, widget_key, team_id, settings, secrets, active, created_at";

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<InboxRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM inbox WHERE workspace_id = $1 ORDER BY created_at, id");
    query.bind(workspace).all().await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: InboxId) -> Result<Option<InboxRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM inbox WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Takes the inbox's row for this change.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: InboxId) -> Result<Option<InboxRow>> {
    let query = tx
        .build("UPDATE inbox SET active = active WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS);
    query.bind(workspace).bind(id).optional().await
}

/// The inbox of a folded email address.
pub async fn find_by_address(
    conn: &mut Conn,
    workspace: WorkspaceId,
    address: &str,
) -> Result<Option<InboxRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM inbox WHERE workspace_id = $1 AND address = $2");
    query.bind(workspace).bind(address).optional().await
}

/// The chat inbox of a script tag's key. The key names its workspace.
pub async fn find_by_widget_key(conn: &mut Conn, key: &str) -> Result<Option<InboxRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM inbox WHERE widget_key = $1");
    query.bind(key).optional().await
}

pub async fn add(tx: &mut Tx, inbox: &InboxRow) -> Result<()> {
    tx.sql(
        "INSERT INTO inbox (workspace_id, id, name, channel, address, widget_key, team_id, settings, secrets, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(inbox.workspace_id)
    .bind(inbox.id)
    .bind(&inbox.name)
    .bind(inbox.channel)
    .bind(&inbox.address)
    .bind(&inbox.widget_key)
    .bind(inbox.team_id)
    .bind(&inbox.settings)
    .bind(&inbox.secrets)
    .bind(inbox.active)
    .bind(inbox.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, inbox: &InboxRow) -> Result<()> {
    tx.sql(
        "UPDATE inbox SET name = $3, address = $4, team_id = $5, settings = $6, secrets = $7, active = $8
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(inbox.workspace_id)
    .bind(inbox.id)
    .bind(&inbox.name)
    .bind(&inbox.address)
    .bind(inbox.team_id)
    .bind(&inbox.settings)
    .bind(&inbox.secrets)
    .bind(inbox.active)
    .run()
    .await?;
    Ok(())
}
