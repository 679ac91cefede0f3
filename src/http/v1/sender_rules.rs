//! Whose mail is kept back, and whose automatic mail makes tickets.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, SenderRuleId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::sender_rules::{self as actions, NewRule, RuleError};
use crate::app::App;
use crate::http::auth::{MailRead, MailRecover};
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem};
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, Seek, SenderRuleRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sender_rules, set_sender_rule))
        .routes(routes!(remove_sender_rule))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SenderRule {
    id: SenderRuleId,
    kind: RuleKind,
    /// An address, or a domain with all that is below it.
    sender: String,
    why: RuleOrigin,
    by: Option<AgentId>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl From<SenderRuleRow> for SenderRule {
    fn from(row: SenderRuleRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            sender: row.sender,
            why: row.why,
            by: row.agent_id,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RulesQuery {
    after: Option<String>,
}

const PAGE: i64 = 50;

/// List the senders that are blocked or allowed, newest first
#[utoipa::path(get, path = "/sender-rules", tag = "mail", params(RulesQuery),
    responses((status = 200, body = Page<SenderRule>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_sender_rules(
    State(app): State<App>,
    Can(actor, _): Can<MailRead>,
    Params(query): Params<RulesQuery>,
) -> Result<Json<Page<SenderRule>>, Failure> {
    let after: Option<Seek> = read_cursor(query.after.as_deref())?;
    let (mut conn, now) = (app.db.read().await?, app.now());
    let rows = sender_rules::list(&mut conn, actor.workspace, now, after, PAGE).await?;
    let full = i64::try_from(rows.len()).unwrap_or_default() == PAGE;
    let next = rows.last().filter(|_| full).map(|row| {
        write_cursor(&Seek {
            created_at: row.created_at,
            id: row.id,
        })
    });
    let items = rows.into_iter().map(SenderRule::from).collect();
    Ok(Json(Page { items, next }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SenderRuleIn {
    kind: RuleKind,
    /// An address, or a domain with all that is below it.
    sender: String,
    /// Without it the rule holds until it is removed.
    expires_at: Option<Timestamp>,
}

/// Block or allow a sender; what was said of them before gives way
#[utoipa::path(post, path = "/sender-rules", tag = "mail", request_body = SenderRuleIn,
    responses((status = 201, body = SenderRule), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn set_sender_rule(
    State(app): State<App>,
    Can(actor, _): Can<MailRecover>,
    Body(body): Body<SenderRuleIn>,
) -> Result<(StatusCode, Json<SenderRule>), Failure> {
    let new = NewRule {
        kind: body.kind,
        sender: body.sender,
        expires_at: body.expires_at,
    };
    let row = app
        .change(&actor, new, |change, new| actions::set(change, new).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Say nothing of a sender any more
#[utoipa::path(delete, path = "/sender-rules/{rule}", tag = "mail", params(("rule" = SenderRuleId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn remove_sender_rule(
    State(app): State<App>,
    Can(actor, _): Can<MailRecover>,
    PathId(rule): PathId<SenderRuleId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, rule, |change, rule| {
        actions::remove(change, *rule).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        let words = error.to_string();
        match error {
            RuleError::NotASender => Self::field("sender", words),
            RuleError::Past => Self::field("expires_at", words),
            RuleError::NoSuchRule => Self::NotFound("rule"),
            RuleError::Store(error) => error.into(),
        }
    }
}
