//! "Why me?": how a ticket came to whoever works on it, or why it waits.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shouwen_core::actor::ActorKind;
use shouwen_core::id::{AgentId, TeamId, TicketId};
use shouwen_core::routing::Decision;
use shouwen_core::ticket::{Category, Field};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity::ActivityActor;
use crate::actions::routing::assign;
use crate::actions::routing::facts::Rules;
use crate::app::App;
use crate::http::auth::TicketRead;
use crate::http::problem::PathId;
use crate::http::{Can, Failure, Problem};
use crate::store::routing::{self, AssignmentRow};
use crate::store::tickets::{self, EditRow, TicketRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_assignment))
}

shouwen_core::words! {
    How {
        /// Routing chose.
        Routed = "routed",
        /// The assignee was the first to answer, or logged the call.
        Answered = "answered",
        /// Somebody said so.
        Person = "person",
        /// It was another's, who was deactivated.
        HandedOver = "handed_over",
        /// Whoever had it went away, or their shift ended.
        Released = "released",
        /// Nobody has had it yet.
        Nobody = "nobody",
    }
}

/// A decision with its moment.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionAt {
    at: Timestamp,
    #[serde(flatten)]
    decision: Decision,
}

#[derive(Debug, Serialize, ToSchema)]
struct Assignment {
    ticket_id: TicketId,
    team_id: Option<TeamId>,
    assignee_id: Option<AgentId>,
    owner_id: Option<AgentId>,
    /// The customer's own agent.
    dedicated_agent_id: Option<AgentId>,
    /// How the ticket came to its assignee, or to nobody.
    how: How,
    at: Option<Timestamp>,
    by: Option<ActivityActor>,
    /// When it was routed: the decision as it was taken.
    decision: Option<DecisionAt>,
    /// When nobody has it and its team gives out its tickets: what would be decided now.
    waits: Option<DecisionAt>,
}

/// Why this agent, or why nobody
#[utoipa::path(get, path = "/tickets/{ticket}/assignment", tag = "routing", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = Assignment), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_assignment(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(id): PathId<TicketId>,
) -> Result<Json<Assignment>, Failure> {
    let workspace = actor.workspace;
    let mut conn = app.db.snapshot().await?;
    let found = tickets::find_visible(&mut conn, &actor, id).await?;
    let ticket = found.ok_or(Failure::NotFound("ticket"))?;
    let own = routing::agents_of_customers(&mut conn, workspace, &[ticket.customer_id]).await?;
    let edit = tickets::last_edit(&mut conn, workspace, id, Field::Assignee).await?;
    let kept = routing::assignment(&mut conn, workspace, id).await?;
    let routed = kept.filter(|kept| is_of(kept, &ticket, edit.as_ref()));
    let waits = if ticket.assignee_id.is_none()
        && ticket.is_active()
        && matches!(ticket.category, Category::New | Category::Open)
    {
        let rules = Rules::load(&mut conn, workspace, app.now()).await?;
        assign::decide_now(&mut conn, rules, &ticket).await?
    } else {
        None
    };
    Ok(Json(Assignment {
        ticket_id: id,
        team_id: ticket.team_id,
        assignee_id: ticket.assignee_id,
        owner_id: ticket.owner_id,
        dedicated_agent_id: own.first().map(|own| own.agent_id),
        how: how(&ticket, edit.as_ref(), routed.is_some()),
        at: edit.as_ref().map(|edit| edit.at),
        by: edit.map(|edit| ActivityActor {
            kind: edit.actor_kind,
            id: edit.actor_id,
        }),
        decision: routed.map(|kept| DecisionAt {
            at: kept.decided_at,
            decision: kept.decision.0,
        }),
        waits: waits.map(|decision| DecisionAt {
            at: app.now(),
            decision,
        }),
    }))
}

/// Whether the kept decision is what gave the ticket to its assignee.
fn is_of(kept: &AssignmentRow, ticket: &TicketRow, edit: Option<&EditRow>) -> bool {
    ticket.assignee_id == Some(kept.agent_id) && edit.is_some_and(|edit| edit.version == kept.version)
}

fn how(ticket: &TicketRow, edit: Option<&EditRow>, routed: bool) -> How {
    let Some(edit) = edit else {
        return match ticket.assignee_id {
            Some(_) => How::Answered,
            None => How::Nobody,
        };
    };
    let by_assignee = edit.actor_id.is_some() && edit.actor_id == ticket.assignee_id.map(|id| id.0);
    match (ticket.assignee_id, edit.actor_kind) {
        (Some(_), _) if routed => How::Routed,
        (Some(_), _) if by_assignee && ticket.first_response_at == Some(edit.at) => How::Answered,
        (Some(_), ActorKind::System) => How::HandedOver,
        (None, ActorKind::System | ActorKind::Customer) => How::Released,
        (Some(_) | None, _) => How::Person,
    }
}
