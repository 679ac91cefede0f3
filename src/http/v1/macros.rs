//! Macros, for whoever keeps them: one's own by every agent who answers, shared ones with the permission.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Actor;
use shouwen_core::channel::Channel;
use shouwen_core::fault::Fault;
use shouwen_core::id::{MacroId, TeamId};
use shouwen_core::macros::{MacroAudience, MacroChanges, MacroContext, MacroPart, MacroText, fault_of_texts};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::macros::{self as actions, Audience, MacroForm, UsedBy};
use crate::actions::variables;
use crate::app::App;
use crate::http::auth::TicketNote;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::macros::MacroRow;
use crate::store::{agents, inboxes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_macros, create_macro))
        .routes(routes!(order_macros))
        .routes(routes!(preview_macro))
        .routes(routes!(change_macro, delete_macro))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Macro {
    id: MacroId,
    name: String,
    /// A few letters by which it is found; may be empty.
    shortcut: String,
    texts: Vec<MacroText>,
    changes: MacroChanges,
    context: MacroContext,
    audience: MacroAudience,
    /// Whose members may use it.
    team_id: Option<TeamId>,
    active: bool,
    position: i64,
    /// The caller may change and delete it.
    editable: bool,
    /// What it changes to that was deleted or put away: left out when it is applied.
    outdated: Vec<MacroPart>,
    updated_at: Timestamp,
}

impl Macro {
    fn new(row: MacroRow, outdated: Vec<MacroPart>, reader: &Actor) -> Self {
        let editable = actions::may_edit(reader, &row);
        let audience = match (row.agent_id, row.team_id) {
            (Some(_), _) => MacroAudience::Me,
            (None, Some(_)) => MacroAudience::Team,
            (None, None) => MacroAudience::Everyone,
        };
        let content = row.content.0;
        Self {
            id: row.id,
            name: row.name,
            shortcut: row.shortcut,
            texts: content.texts,
            changes: content.changes,
            context: content.context,
            audience,
            team_id: row.team_id,
            active: row.active,
            position: row.position,
            editable,
            outdated,
            updated_at: row.updated_at,
        }
    }
}

async fn all(app: &App, actor: &Actor) -> Result<Vec<Macro>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let rows = actions::readable(&mut conn, actor, UsedBy::Keeper).await?;
    let changes = rows.iter().map(|row| &row.content.0.changes);
    let outdated = actions::outdated(&mut conn, actor.workspace, changes).await?;
    let shown = rows.into_iter().zip(outdated);
    Ok(shown
        .map(|(row, outdated)| Macro::new(row, outdated, actor))
        .collect())
}

async fn find(app: &App, actor: &Actor, id: MacroId) -> Result<Json<Macro>, Failure> {
    let found = all(app, actor).await?.into_iter().find(|one| one.id == id);
    found.map(Json).ok_or(Failure::NotFound("macro"))
}

/// Every macro that the caller may use or keep, put away ones too: shared ones, then the caller's own
#[utoipa::path(get, path = "/macros", tag = "macros", responses(
    (status = 200, body = Page<Macro>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_macros(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
) -> Result<Json<Page<Macro>>, Failure> {
    let items = all(&app, &actor).await?;
    Ok(Json(Page { items, next: None }))
}

/// What is to hold. On an edit, what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MacroIn {
    name: Option<String>,
    /// Up to 20 letters and digits by which it is found; empty for none.
    shortcut: Option<String>,
    texts: Option<Vec<MacroText>>,
    changes: Option<MacroChanges>,
    context: Option<MacroContext>,
    /// Left out of a new one: me. Others than me need the permission admin.macros.
    audience: Option<MacroAudience>,
    /// For the audience team.
    team_id: Option<TeamId>,
    active: Option<bool>,
}

impl MacroIn {
    fn form(self) -> Result<MacroForm, Failure> {
        let audience = match (self.audience, self.team_id) {
            (None, None) => None,
            (Some(MacroAudience::Team) | None, Some(team)) => Some(Audience::Team(team)),
            (Some(MacroAudience::Team), None) => {
                return Err(Failure::field("team_id", Fault::MacroTeamNeeded));
            }
            (Some(MacroAudience::Everyone), _) => Some(Audience::Everyone),
            (Some(MacroAudience::Me), _) => Some(Audience::Me),
        };
        Ok(MacroForm {
            name: self.name,
            shortcut: self.shortcut,
            texts: self.texts,
            changes: self.changes,
            context: self.context,
            audience,
            active: self.active,
        })
    }
}

/// Add a macro
#[utoipa::path(post, path = "/macros", tag = "macros", request_body = MacroIn, responses(
    (status = 201, body = Macro),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_macro(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    Body(body): Body<MacroIn>,
) -> Result<(StatusCode, Json<Macro>), Failure> {
    let form = body.form()?;
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, find(&app, &actor, id).await?))
}

/// Change a macro
#[utoipa::path(patch, path = "/macros/{macro}", tag = "macros", request_body = MacroIn,
    params(("macro" = MacroId, Path)), responses(
    (status = 200, body = Macro),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_macro(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(id): PathId<MacroId>,
    Body(body): Body<MacroIn>,
) -> Result<Json<Macro>, Failure> {
    let form = body.form()?;
    app.change(&actor, (id, form), |change, (id, form)| {
        actions::update(change, *id, form).boxed()
    })
    .await?;
    find(&app, &actor, id).await
}

/// Delete a macro; grades that name it forget it
#[utoipa::path(delete, path = "/macros/{macro}", tag = "macros", params(("macro" = MacroId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_macro(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(id): PathId<MacroId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::delete(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MacroOrder {
    /// Those that are not named stay behind these.
    ids: Vec<MacroId>,
}

/// Macros that are put in order at once.
const MOST_ORDERED: usize = 1_000;

/// Put macros in the order in which they are offered
#[utoipa::path(put, path = "/macros/order", tag = "macros", request_body = MacroOrder, responses(
    (status = 200, body = Page<Macro>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn order_macros(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    Body(order): Body<MacroOrder>,
) -> Result<Json<Page<Macro>>, Failure> {
    if order.ids.len() > MOST_ORDERED {
        return Err(Failure::field("ids", Fault::TooMany { most: MOST_ORDERED }));
    }
    app.change(&actor, order.ids, |change, ids| {
        actions::reorder(change, ids).boxed()
    })
    .await?;
    let items = all(&app, &actor).await?;
    Ok(Json(Page { items, next: None }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct MacroDraft {
    text: String,
    /// Such as `en`: whose example customer is greeted.
    #[serde(default)]
    locale: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MacroPreview {
    text: String,
    /// Every variable that a text can have.
    variables: Vec<&'static str>,
}

/// See how a text would look, for an example ticket
#[utoipa::path(post, path = "/macros/preview", tag = "macros", request_body = MacroDraft,
    responses((status = 200, body = MacroPreview), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn preview_macro(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    Body(draft): Body<MacroDraft>,
) -> Result<Json<MacroPreview>, Failure> {
    let asked = MacroText {
        locale: draft.locale,
        text: draft.text,
    };
    if let Some(fault) = fault_of_texts(std::slice::from_ref(&asked), variables::NAMES) {
        return Err(Failure::field("text", fault));
    }
    let mut conn = app.db.read().await?;
    let agent = match actor.agent() {
        Some(agent) => agents::find(&mut conn, actor.workspace, agent).await?,
        None => None,
    };
    let all = inboxes::all(&mut conn, actor.workspace).await?;
    let mails = |inbox: &&inboxes::InboxRow| inbox.active && inbox.channel == Channel::Email;
    let inbox = all.iter().find(mails).or(all.first());
    Ok(Json(MacroPreview {
        text: actions::example(agent.as_ref(), inbox, &asked.text, &asked.locale),
        variables: variables::NAMES.to_vec(),
    }))
}
