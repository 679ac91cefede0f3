//! Inboxes, for administrators. Passwords go in and never come out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{InboxId, TeamId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::inbox_settings::{Settings, SettingsIn, read_settings, show_settings};
use super::vocabulary::Checked;
use crate::actions::inbox_test;
use crate::actions::inboxes::{self as actions, InboxForm, NewInbox, open_secrets};
use crate::app::App;
use crate::http::auth::AdminInboxes;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::secrets::new_token;
use crate::store::inboxes::{self, InboxRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_inboxes, create_inbox))
        .routes(routes!(change_inbox))
        .routes(routes!(test_inbox))
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
}

impl Inbox {
    fn new(app: &App, row: InboxRow) -> Self {
        let secrets = open_secrets(&row, &app.secrets);
        Self {
            settings: show_settings(row.channel, &row.settings.0, &secrets),
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
    Ok(Json(Page {
        items: rows.into_iter().map(|row| Inbox::new(&app, row)).collect(),
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
    Ok((StatusCode::CREATED, Json(Inbox::new(&app, find(&app, id).await?))))
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
    Ok(Json(Inbox::new(&app, find(&app, id).await?)))
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
    let findings = inbox_test::test(&app, &find(&app, id).await?).await;
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
