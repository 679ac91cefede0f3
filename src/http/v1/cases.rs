//! The case of a complaint: open, grade, take, find out, collect evidence, close, ask again.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer};
use shouwen_core::actor::Actor;
use shouwen_core::complaint::{Closure, Grade, Liable, Money, Remedy};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AttachmentId, ComplaintCategoryId, EvidenceId, MessageId, TicketId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::case_view::{self, CaseView};
use crate::actions::complaints::{self, Authority, CaseEdits, CaseError, FollowUp, NewEvidence};
use crate::app::App;
use crate::db::Error;
use crate::http::auth::{ComplaintEdit, TicketRead};
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::complaints::EvidenceKind;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find_case, open_case, edit_case))
        .routes(routes!(grade_case))
        .routes(routes!(take_case))
        .routes(routes!(check_item))
        .routes(routes!(add_evidence))
        .routes(routes!(remove_evidence))
        .routes(routes!(plan_follow_up))
        .routes(routes!(finish_follow_up))
        .routes(routes!(close_case))
        .routes(routes!(reopen_case))
}

/// The case as it is after a change.
pub(super) async fn after(app: &App, actor: &Actor, ticket: TicketId) -> Result<Json<CaseView>, Failure> {
    let mut conn = app.db.snapshot().await?;
    Ok(Json(case_view::show(&mut conn, actor, ticket, app.now()).await?))
}

/// A ticket's complaint case, with what the desk suggests
#[utoipa::path(get, path = "/tickets/{ticket}/case", tag = "complaints", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find_case(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<CaseView>, Failure> {
    after(&app, &actor, ticket).await
}

/// Say that a ticket is a complaint, and open its case
#[utoipa::path(post, path = "/tickets/{ticket}/case", tag = "complaints", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn open_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, ticket, |change, ticket| {
        complaints::open(change, *ticket).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CaseEditsIn {
    /// Left out: stays. `null`: cleared. So are all that follow.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ComplaintCategoryId>)]
    category_id: Option<Option<ComplaintCategoryId>>,
    cause: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Liable>)]
    liable: Option<Option<Liable>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Remedy>)]
    remedy: Option<Option<Remedy>>,
    remedy_note: Option<String>,
    /// What the remedy costs the shop.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Money>)]
    cost: Option<Option<Money>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AuthorityIn>)]
    authority: Option<Option<AuthorityIn>>,
    /// Kept with every field that changes.
    #[serde(default)]
    reason: String,
}

/// The case of an authority such as 12315.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AuthorityIn {
    name: String,
    #[serde(default)]
    number: String,
    due_at: Option<Timestamp>,
}

/// Tells null from absent.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Note what was found out: category, cause, who is liable, remedy and cost, the authority's case
#[utoipa::path(patch, path = "/tickets/{ticket}/case", tag = "complaints", request_body = CaseEditsIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn edit_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(edits): Body<CaseEditsIn>,
) -> Result<Json<CaseView>, Failure> {
    let authority = edits.authority.map(|authority| {
        authority.map(|authority| Authority {
            name: authority.name,
            number: authority.number,
            due_at: authority.due_at,
        })
    });
    let edits = CaseEdits {
        category: edits.category_id,
        cause: edits.cause,
        liable: edits.liable,
        remedy: edits.remedy,
        remedy_note: edits.remedy_note,
        cost: edits.cost,
        authority,
        reason: edits.reason,
    };
    app.change(&actor, (ticket, edits), |change, (ticket, edits)| {
        complaints::edit(change, *ticket, edits).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GradeIn {
    grade: Grade,
    /// Needed when the grade is another than the one that holds.
    #[serde(default)]
    reason: String,
}

/// Confirm the grade, or change it with a reason
#[utoipa::path(post, path = "/tickets/{ticket}/case/grade", tag = "complaints", request_body = GradeIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn grade_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(grade): Body<GradeIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, grade), |change, (ticket, given)| {
        complaints::grade(change, *ticket, given.grade, &given.reason).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

/// "I take it": answer for the case, and stop its ladder
#[utoipa::path(post, path = "/tickets/{ticket}/case/take", tag = "complaints", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn take_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, ticket, |change, ticket| {
        complaints::take(change, *ticket).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CheckIn {
    key: String,
    done: bool,
}

/// Mark an item of the checklist
#[utoipa::path(post, path = "/tickets/{ticket}/case/checklist", tag = "complaints", request_body = CheckIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn check_item(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(check): Body<CheckIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, check), |change, (ticket, check)| {
        complaints::check_item(change, *ticket, &check.key, check.done).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvidenceIn {
    kind: EvidenceKind,
    /// For a message of the ticket.
    message_id: Option<MessageId>,
    /// For a file of one of its messages.
    attachment_id: Option<AttachmentId>,
    /// For a link: https or http.
    url: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    note: String,
}

/// Add a piece of evidence
#[utoipa::path(post, path = "/tickets/{ticket}/case/evidence", tag = "complaints", request_body = EvidenceIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn add_evidence(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(evidence): Body<EvidenceIn>,
) -> Result<Json<CaseView>, Failure> {
    let new = NewEvidence {
        kind: evidence.kind,
        message_id: evidence.message_id,
        attachment_id: evidence.attachment_id,
        url: evidence.url,
        name: evidence.name,
        note: evidence.note,
    };
    app.change(&actor, (ticket, new), |change, (ticket, new)| {
        complaints::add_evidence(change, *ticket, new).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

/// Remove a piece of evidence; that it was there is kept
#[utoipa::path(delete, path = "/tickets/{ticket}/case/evidence/{evidence}", tag = "complaints",
    params(("ticket" = TicketId, Path), ("evidence" = EvidenceId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn remove_evidence(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId((ticket, evidence)): PathId<(TicketId, EvidenceId)>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, evidence), |change, &(ticket, evidence)| {
        complaints::remove_evidence(change, ticket, evidence).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FollowUpIn {
    due_at: Timestamp,
    #[serde(default)]
    note: String,
}

/// Plan when the customer is asked again
#[utoipa::path(put, path = "/tickets/{ticket}/case/follow-up", tag = "complaints", request_body = FollowUpIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn plan_follow_up(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(plan): Body<FollowUpIn>,
) -> Result<Json<CaseView>, Failure> {
    let follow_up = FollowUp {
        due_at: plan.due_at,
        note: plan.note,
    };
    app.change(&actor, (ticket, follow_up), |change, (ticket, follow_up)| {
        complaints::set_follow_up(change, *ticket, follow_up).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FollowUpDoneIn {
    outcome: String,
}

/// Say what came of asking the customer again
#[utoipa::path(post, path = "/tickets/{ticket}/case/follow-up/done", tag = "complaints", request_body = FollowUpDoneIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn finish_follow_up(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(done): Body<FollowUpDoneIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, done), |change, (ticket, done)| {
        complaints::finish_follow_up(change, *ticket, &done.outcome).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CloseIn {
    closure: Closure,
    /// How the customer confirmed, or what the supervisor vouches for.
    note: String,
}

/// Close the case on the customer's word, or on a supervisor's (which needs complaint.close)
#[utoipa::path(post, path = "/tickets/{ticket}/case/close", tag = "complaints", request_body = CloseIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn close_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(close): Body<CloseIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, close), |change, (ticket, close)| {
        complaints::close(change, *ticket, close.closure, &close.note).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReopenIn {
    reason: String,
}

/// Open a closed case again
#[utoipa::path(post, path = "/tickets/{ticket}/case/reopen", tag = "complaints", request_body = ReopenIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn reopen_case(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(reopen): Body<ReopenIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, reopen), |change, (ticket, reopen)| {
        complaints::reopen(change, *ticket, &reopen.reason).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

impl From<CaseError> for Failure {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotFound(what) => Self::NotFound(what),
            CaseError::Wrong(field, detail) => Self::field(field, detail),
            CaseError::Conflict(fault) => Self::Conflict(fault),
            CaseError::Forbidden(permission) => Self::Forbidden(permission),
            CaseError::Refused(fault) => Self::Refused(fault),
            CaseError::Store(Error::Other(error))
                if error
                    .as_database_error()
                    .is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) =>
            {
                Self::field("", Fault::IdGone)
            }
            CaseError::Store(error) => error.into(),
        }
    }
}
