//! Inboxes, for administrators. Passwords go in and never come out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{InboxId, TeamId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::inbox_settings::{Settings, SettingsIn, read_settings, show_settings};
use super::vocabulary::Checked;
use crate::actions::backfills as backfill_actions;
use crate::actions::inbox_secrets;
use crate::actions::inbox_test;
use crate::actions::inboxes::{self as actions, InboxForm, NewInbox};
use crate::app::App;
use crate::http::auth::AdminInboxes;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::secrets::new_token;
use crate::sending::oauth as tokens;
use crate::store::alarms::{self, AlarmKind, AlarmRow};
use crate::store::backfills::{self, BackfillRow, BackfillState};
use crate::store::inboxes::{self, InboxRow};
use crate::store::mailboxes::{self, MailboxRow};
use crate::store::oauth::{self, OauthProvider, OauthRow, OauthState};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_inboxes, create_inbox))
        .routes(routes!(change_inbox))
        .routes(routes!(test_inbox))
        .routes(routes!(request_backfill, stop_backfill))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    pub id: InboxId,
    pub name: String,
    pub channel: Channel,
    pub address: Option<String>,
    pub team_id: Option<TeamId>,
    pub active: bool,
    /// Chat: the public key in the script tag.
    pub widget_key: Option<String>,
    pub settings: Settings,
    /// Of an inbox that fetches its mail.
    pub mailbox: Option<MailboxHealth>,
    /// Of a mailbox that is signed in to by OAuth 2.
    pub oauth: Option<InboxOauth>,
    /// Older mail that was asked for.
    pub backfill: Option<Backfill>,
}

/// How far the bringing in of older mail is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Backfill {
    pub state: BackfillState,
    pub since: Timestamp,
    /// Mails that were brought in; some may be here already and are told apart later.
    pub kept: i64,
    /// Mails that were too large or could not be read.
    pub passed: i64,
    /// Why it waits.
    pub error: Option<String>,
}

impl From<BackfillRow> for Backfill {
    fn from(row: BackfillRow) -> Self {
        Self {
            state: row.state,
            since: row.since,
            kept: row.kept,
            passed: row.passed,
            error: row.error,
        }
    }
}

shouwen_core::words! {
    MailboxState {
        /// It was not read yet.
        Never = "never",
        Well = "well",
        Failing = "failing",
        /// It failed for so long that an alarm was raised.
        Alarm = "alarm",
    }
}

/// How fetching goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailboxHealth {
    pub state: MailboxState,
    /// What is wrong, such as `authentication`.
    pub code: Option<String>,
    /// Since when it fails.
    pub since: Option<Timestamp>,
    /// When it was last seen to work.
    pub checked_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboxOauth {
    pub provider: OauthProvider,
    pub username: String,
    pub state: OauthState,
    /// The provider's word for why not.
    pub error: Option<String>,
}

/// What is known of the inboxes beside their settings.
struct Known {
    mailboxes: Vec<MailboxRow>,
    oauth: Vec<OauthRow>,
    alarms: Vec<AlarmRow>,
    backfills: Vec<BackfillRow>,
}

impl Known {
    async fn load(app: &App) -> Result<Self, Failure> {
        let mut conn = app.db.read().await?;
        Ok(Self {
            mailboxes: mailboxes::all(&mut conn, app.workspace).await?,
            oauth: oauth::all(&mut conn, app.workspace).await?,
            alarms: alarms::open(&mut conn, app.workspace, 100).await?,
            backfills: backfills::all(&mut conn, app.workspace).await?,
        })
    }

    fn mailbox(&self, inbox: &InboxRow) -> Option<MailboxHealth> {
        inbox.settings.0.email.as_ref()?.imap.as_ref()?;
        let row = self.mailboxes.iter().find(|row| row.inbox_id == inbox.id);
        let silent = self
            .alarms
            .iter()
            .any(|alarm| alarm.inbox_id == Some(inbox.id) && alarm.kind == AlarmKind::MailboxSilent);
        let checked_at = row.map(|row| row.checked_at).filter(|at| at.millis() > 0);
        let since = row.and_then(|row| row.failing_since);
        let state = match (since, checked_at) {
            (Some(_), _) if silent => MailboxState::Alarm,
            (Some(_), _) => MailboxState::Failing,
            (None, Some(_)) => MailboxState::Well,
            (None, None) => MailboxState::Never,
        };
        Some(MailboxHealth {
            state,
            code: row.and_then(|row| row.error_code.clone()),
            since,
            checked_at,
        })
    }

    fn oauth(&self, inbox: &InboxRow) -> Option<InboxOauth> {
        let row = self.oauth.iter().find(|row| row.inbox_id == inbox.id)?;
        Some(InboxOauth {
            provider: row.provider,
            username: row.username.clone(),
            state: row.state,
            error: row.error.clone(),
        })
    }
}

impl Inbox {
    fn new(app: &App, row: InboxRow, known: &Known) -> Self {
        // Whether there is a password that works: one that was sealed with another key does not.
        let secrets = inbox_secrets::open(&app.secrets, &row).unwrap_or_default();
        Self {
            settings: show_settings(row.channel, &row.settings.0, &secrets),
            mailbox: known.mailbox(&row),
            oauth: known.oauth(&row),
            backfill: known
                .backfills
                .iter()
                .find(|one| one.inbox_id == row.id)
                .cloned()
                .map(Backfill::from),
            id: row.id,
            name: row.name,
            channel: row.channel,
            address: row.address,
            team_id: row.team_id,
            active: row.active,
            widget_key: row.widget_key,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct InboxBody {
    name: String,
    channel: Channel,
    address: Option<String>,
    team_id: Option<TeamId>,
    active: Option<bool>,
    /// Those of the channel, as in the answer, with `password` beside an account's fields.
    #[schema(value_type = Option<SettingsIn>)]
    settings: Option<serde_json::Value>,
}

#[expect(clippy::option_option, reason = "null takes away, absent leaves")]
#[derive(Debug, Deserialize, ToSchema)]
struct InboxEdit {
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    address: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TeamId>)]
    team_id: Option<Option<TeamId>>,
    active: Option<bool>,
    /// All of them; a password that is left out is kept.
    #[schema(value_type = Option<SettingsIn>)]
    settings: Option<serde_json::Value>,
}

#[derive(Debug, Serialize, ToSchema)]
struct InboxTest {
    checks: Vec<Check>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Check {
    #[schema(value_type = Checked)]
    what: &'static str,
    ok: bool,
    /// `ok`, `dns`, `refused`, `tls`, `auth`, `sender`, `folder`, `timeout`, `protocol` or `not_configured`
    code: &'static str,
    detail: String,
}

/// Tells `null` (take it away) from absent (leave it).
#[expect(clippy::option_option, reason = "null takes away, absent leaves")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

async fn find(app: &App, id: InboxId) -> Result<InboxRow, Failure> {
    let row = inboxes::find(&mut app.db.read().await?, app.workspace, id).await?;
    row.ok_or(Failure::NotFound("inbox"))
}

/// Every inbox
#[utoipa::path(get, path = "/inboxes", tag = "administration", responses(
    (status = 200, body = Page<Inbox>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_inboxes(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
) -> Result<Json<Page<Inbox>>, Failure> {
    let rows = inboxes::all(&mut app.db.read().await?, actor.workspace).await?;
    let known = Known::load(&app).await?;
    Ok(Json(Page {
        items: rows
            .into_iter()
            .map(|row| Inbox::new(&app, row, &known))
            .collect(),
        next: None,
    }))
}

/// Add an inbox
#[utoipa::path(post, path = "/inboxes", tag = "administration", request_body = InboxBody, responses(
    (status = 201, body = Inbox),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_inbox(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    Body(body): Body<InboxBody>,
) -> Result<(StatusCode, Json<Inbox>), Failure> {
    let settings = body
        .settings
        .map(|given| read_settings(body.channel, given))
        .transpose()?;
    let form = InboxForm {
        name: Some(body.name),
        address: body.address.map(Some),
        team: Some(body.team_id),
        active: body.active,
        settings,
    };
    let new = NewInbox {
        channel: body.channel,
        form,
        widget_key: new_token(),
    };
    let input = (new, app.secrets.clone());
    let id = app
        .change(&actor, input, |change, (new, secrets)| {
            actions::create(change, new, secrets).boxed()
        })
        .await?;
    let known = Known::load(&app).await?;
    let inbox = Inbox::new(&app, find(&app, id).await?, &known);
    Ok((StatusCode::CREATED, Json(inbox)))
}

/// Change an inbox
#[utoipa::path(patch, path = "/inboxes/{inbox}", tag = "administration", request_body = InboxEdit,
    params(("inbox" = InboxId, Path)), responses(
    (status = 200, body = Inbox),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_inbox(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(id): PathId<InboxId>,
    Body(body): Body<InboxEdit>,
) -> Result<Json<Inbox>, Failure> {
    let channel = find(&app, id).await?.channel;
    let settings = body
        .settings
        .map(|given| read_settings(channel, given))
        .transpose()?;
    let form = InboxForm {
        name: body.name,
        address: body.address,
        team: body.team_id,
        active: body.active,
        settings,
    };
    let input = (id, form, app.secrets.clone());
    app.change(&actor, input, |change, (id, form, secrets)| {
        actions::update(change, *id, form, secrets).boxed()
    })
    .await?;
    let known = Known::load(&app).await?;
    Ok(Json(Inbox::new(&app, find(&app, id).await?, &known)))
}

/// Try the accounts of an inbox; sends and fetches nothing
#[utoipa::path(post, path = "/inboxes/{inbox}/test", tag = "administration",
    params(("inbox" = InboxId, Path)), responses(
    (status = 200, body = InboxTest),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn test_inbox(
    State(app): State<App>,
    _: Can<AdminInboxes>,
    PathId(id): PathId<InboxId>,
) -> Result<Json<InboxTest>, Failure> {
    let access = tokens::access(&app, app.workspace, id).await?;
    let access = access.map(|access| (access.username, access.token));
    let findings = inbox_test::test(&app, &find(&app, id).await?, access).await;
    let checks = findings.into_iter().map(|finding| Check {
        what: finding.what,
        ok: finding.code == "ok",
        code: finding.code,
        detail: finding.detail,
    });
    Ok(Json(InboxTest {
        checks: checks.collect(),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct BackfillIn {
    /// From when on, by the mailbox's own dates.
    since: Timestamp,
}

/// Bring in mail that was in the mailbox before; it starts no clock, tells nobody and is answered by nothing
#[utoipa::path(post, path = "/inboxes/{inbox}/backfill", tag = "administration", request_body = BackfillIn,
    params(("inbox" = InboxId, Path)), responses(
    (status = 202, body = Backfill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn request_backfill(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(id): PathId<InboxId>,
    Body(body): Body<BackfillIn>,
) -> Result<(StatusCode, Json<Backfill>), Failure> {
    let row = app
        .change(&actor, (id, body.since), |change, (id, since)| {
            backfill_actions::request(change, *id, *since).boxed()
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

/// Bring in no more; what was brought in stays
#[utoipa::path(delete, path = "/inboxes/{inbox}/backfill", tag = "administration",
    params(("inbox" = InboxId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn stop_backfill(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(id): PathId<InboxId>,
) -> Result<StatusCode, Failure> {
    let stopped = app
        .change(&actor, id, |change, id| {
            backfill_actions::stop(change, *id).boxed()
        })
        .await?;
    if stopped {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::NotFound("request for older mail"))
    }
}
