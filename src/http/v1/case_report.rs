//! The closure report of a complaint, as a page made for printing: any browser keeps it as PDF.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shouwen_core::actor::{Actor, ActorKind};
use shouwen_core::complaint::report::{Change, Given, Piece, Report, ReportLanguage, Zone};
use shouwen_core::complaint::{CaseField, CaseState, Grade, GradeRule};
use shouwen_core::id::{AgentId, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::complaints::rules;
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::TicketRead;
use crate::http::problem::{Params, PathId};
use crate::http::{Can, Failure, Problem};
use crate::store::complaints::{self, CaseRow, CategoryRow, ChangeRow, CheckRow};
use crate::store::tickets::TicketRow;
use crate::store::{agents, customers, tickets, workspaces};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(print_report))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The page's language: en or zh.
    #[param(inline)]
    lang: Option<ReportLanguage>,
    /// In whose time instants are shown, such as Asia/Shanghai (IANA); UTC by default.
    zone: Option<String>,
}

/// The page runs and loads nothing but its own style.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-modals";

/// The case as a page made for printing
#[utoipa::path(get, path = "/tickets/{ticket}/case/report", tag = "complaints", params(("ticket" = TicketId, Path), ReportQuery),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn print_report(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
    Params(query): Params<ReportQuery>,
) -> Result<Response, Failure> {
    let zone = match query.zone.as_deref() {
        Some(name) => jiff::tz::TimeZone::get(name).map_err(|_| {
            Failure::Malformed("zone: there is no such time zone; write one such as Asia/Shanghai".into())
        })?,
        None => jiff::tz::TimeZone::UTC,
    };
    let mut conn = app.db.snapshot().await?;
    let row = tickets::find_visible(&mut conn, &actor, ticket).await?;
    let row = row.ok_or(Failure::NotFound("ticket"))?;
    let case = complaints::find(&mut conn, actor.workspace, ticket).await?;
    let case = case.ok_or(Failure::NotFound("case"))?;
    let mut report = gather(&mut conn, &actor, &row, case).await?;
    report.printed_at = app.now();
    report.zone = Zone(zone);
    let page = report.page(query.lang.unwrap_or(ReportLanguage::English));
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            ),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
        page,
    )
        .into_response())
}

struct Names {
    agents: HashMap<Uuid, String>,
    customer: String,
}

impl Names {
    fn of(&self, kind: ActorKind, id: Option<Uuid>) -> String {
        match kind {
            ActorKind::Customer => self.customer.clone(),
            ActorKind::Agent => id
                .and_then(|id| self.agents.get(&id).cloned())
                .unwrap_or_default(),
            ActorKind::Key => "API".to_owned(),
            ActorKind::System => "Shouwen".to_owned(),
        }
    }

    fn agent(&self, id: AgentId) -> String {
        self.of(ActorKind::Agent, Some(id.0))
    }
}

async fn gather(
    conn: &mut Conn,
    actor: &Actor,
    ticket: &TicketRow,
    case: CaseRow,
) -> Result<Report, Failure> {
    let workspace = actor.workspace;
    let customer = customers::find(conn, workspace, ticket.customer_id).await?;
    let agents = agents::all(conn, workspace).await?;
    let names = Names {
        agents: agents.into_iter().map(|agent| (agent.id.0, agent.name)).collect(),
        customer: customer
            .as_ref()
            .map(|customer| customer.name.clone())
            .unwrap_or_default(),
    };
    let categories = rules::categories(conn, workspace).await?;
    let rule = rules::rule(conn, workspace, case.effective_grade()).await?;
    let checks = complaints::checks(conn, workspace, ticket.id).await?;
    let reading = complaints::find_reading(conn, workspace, ticket.id).await?;
    let evidence = complaints::evidence(conn, workspace, ticket.id).await?;
    let compensations = complaints::compensations(conn, workspace, ticket.id).await?;
    let mut changes = complaints::changes(conn, workspace, ticket.id, 500).await?;
    changes.reverse();
    Ok(Report {
        workspace: workspaces::name(conn, workspace).await?,
        ticket_number: ticket.number.to_string(),
        subject: ticket.subject.clone(),
        tier: customer.and_then(|customer| customer.tier),
        opened_at: case.opened_at,
        printed_at: case.opened_at,
        grade: case.effective_grade(),
        grade_confirmed: case.grade.is_some(),
        reasons: reading.map(|row| row.suggestion.0.reasons).unwrap_or_default(),
        category: path(&case, &categories),
        answers_for_it: case.taken_by.or(ticket.owner_id).map(|id| names.agent(id)),
        liable: case.liable,
        remedy: case.remedy,
        cost: case.cost(),
        authority: (!case.authority_name.is_empty() || !case.authority_number.is_empty()).then(|| {
            (
                case.authority_name.clone(),
                case.authority_number.clone(),
                case.authority_due_at,
            )
        }),
        checklist: checklist(&rule, &checks),
        evidence: evidence
            .into_iter()
            .map(|row| Piece {
                kind: row.kind.to_string(),
                name: row.name,
                note: row.note,
                url: row.url,
                at: row.added_at,
                by: row.added_by.map(|id| names.agent(id)),
            })
            .collect(),
        compensations: compensations
            .into_iter()
            .map(|row| Given {
                amount: row.amount(),
                kind: row.kind,
                reason: row.reason,
                state: row.state,
                requested_by: names.agent(row.requested_by),
                decided_by: row.decided_by.map(|id| names.agent(id)),
                decision: row.decision,
            })
            .collect(),
        changes: changes
            .into_iter()
            .map(|row| changed(row, &names, &categories))
            .collect(),
        closure: closure(&case, &names),
        follow_up: case
            .follow_up_at
            .map(|at| (at, case.follow_up_done_at.map(|_| case.follow_up_outcome.clone()))),
        zone: Zone(jiff::tz::TimeZone::UTC),
        customer: names.customer,
        cause: case.cause,
        remedy_note: case.remedy_note,
    })
}

fn closure(
    case: &CaseRow,
    names: &Names,
) -> Option<(
    shouwen_core::complaint::Closure,
    shouwen_core::time::Timestamp,
    String,
    String,
)> {
    if case.state != CaseState::Closed {
        return None;
    }
    let by = case.closed_by.map(|id| names.agent(id)).unwrap_or_default();
    Some((case.closure?, case.closed_at?, by, case.closed_note.clone()))
}

/// From the top of the tree to the case's category; a built-in one by its key.
fn path(case: &CaseRow, categories: &[CategoryRow]) -> Vec<String> {
    let (mut names, mut id) = (Vec::new(), case.category_id);
    while let (Some(found), true) = (categories.iter().find(|row| Some(row.id) == id), names.len() < 10) {
        names.push(called(found));
        id = found.parent_id;
    }
    names.reverse();
    names
}

fn called(category: &CategoryRow) -> String {
    match &category.key {
        Some(key) if category.name.is_empty() => key.clone(),
        _ => category.name.clone(),
    }
}

fn checklist(rule: &GradeRule, checks: &[CheckRow]) -> Vec<(String, Option<shouwen_core::time::Timestamp>)> {
    rule.checklist
        .iter()
        .map(|item| {
            let name = if item.text.is_empty() {
                &item.key
            } else {
                &item.text
            };
            let done = checks.iter().find(|check| check.key == item.key);
            (name.clone(), done.map(|check| check.done_at))
        })
        .collect()
}

/// Ids in a kept change become names.
fn changed(row: ChangeRow, names: &Names, categories: &[CategoryRow]) -> Change {
    let word = |text: Option<String>| -> Option<String> {
        let text = text?;
        Some(match row.field {
            CaseField::Grade => Grade::from_word(&text).map_or(text, |grade| grade.as_str().to_uppercase()),
            CaseField::Taken => text.parse().map_or(text, |id| names.agent(AgentId(id))),
            CaseField::Category => categories
                .iter()
                .find(|category| category.id.to_string() == text)
                .map_or(text, called),
            _ => text,
        })
    };
    Change {
        at: row.at,
        by: names.of(row.actor_kind, row.actor_id),
        field: row.field,
        from: word(row.old),
        to: word(row.new),
        reason: row.reason,
    }
}
