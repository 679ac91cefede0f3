//! Every mail that came, with what became of it and why. What a person does about it stands in `mail_recovery`.

use std::collections::HashMap;

use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::event::Origin;
use shouwen_core::id::{AgentId, InboxId, MessageId, RawMailId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::mail_record::{self as actions, RecordError};
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::MailRead;
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::{Params, PathId};
use crate::http::{Can, Failure, Problem};
use crate::store::mail_details::{Authenticity, Joined, TicketLink};
use crate::store::mail_record::{self, RecordRow, Seek, Wanted};
use crate::store::messages;
use crate::store::raw_mails::{Cause, RawState, Source};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_mail))
        .routes(routes!(count_mail))
        .routes(routes!(find_mail))
        .routes(routes!(show_raw_mail))
}

/// A mail that came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailRecord {
    pub id: RawMailId,
    pub inbox_id: InboxId,
    pub received_at: Timestamp,
    pub source: Source,
    pub origin: Origin,
    /// As the mail says; a claim.
    pub from: Option<String>,
    /// Empty for the null sender of reports, and for fetched mail.
    pub envelope_from: String,
    /// Addresses, separated by blanks.
    pub envelope_to: String,
    pub subject: Option<String>,
    /// In bytes.
    pub size: i64,
    pub state: RawState,
    /// Why it was kept back, or what it reported.
    pub cause: Option<Cause>,
    /// Of a mail that failed: what went wrong.
    pub error: Option<String>,
    /// The ticket in which it is now, if the reader may see it.
    pub ticket: Option<TicketLink>,
    pub message_id: Option<MessageId>,
    pub authenticity: Option<Authenticity>,
    /// The raw source is still there.
    pub has_raw: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailRecordDetail {
    #[serde(flatten)]
    record: MailRecord,
    /// Why it is in its ticket.
    joined: Option<Joined>,
    /// The address from which it was delivered to us.
    peer: Option<String>,
    /// What that server called itself.
    helo: Option<String>,
    /// Who recovered, discarded or processed it last.
    settled_by: Option<AgentId>,
    settled_at: Option<Timestamp>,
    /// Who read its raw source, newest first.
    readings: Vec<RawReading>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RawReading {
    by: Option<AgentId>,
    at: Timestamp,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    inbox: Option<InboxId>,
    /// received, read, duplicate, own, report, suspended, failed, discarded; several separated by commas
    state: Option<String>,
    /// At most 100; 50 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List the mail that came, newest first
#[utoipa::path(get, path = "/mail", tag = "mail", params(MailQuery),
    responses((status = 200, body = Page<MailRecord>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRead>,
    Params(query): Params<MailQuery>,
) -> Result<Json<Page<MailRecord>>, Failure> {
    let after: Option<Seek> = read_cursor(query.after.as_deref())?;
    let limit = query.limit.unwrap_or(50).clamp(1, 100);
    let wanted = Wanted {
        inbox: query.inbox,
        states: states(query.state.as_deref())?,
    };
    let mut conn = app.db.snapshot().await?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = mail_record::list(&mut conn, actor.workspace, &wanted, after, most).await?;
    let last = rows.last().filter(|_| rows.len() == limit);
    let next = last.map(|row| {
        write_cursor(&Seek {
            received_at: row.received_at,
            id: row.id,
        })
    });
    let items = shown(&mut conn, &actor, rows).await?;
    Ok(Json(Page { items, next }))
}

fn states(words: Option<&str>) -> Result<Vec<RawState>, Failure> {
    let words = words.unwrap_or_default().split(',').map(str::trim);
    let mut found = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let state = RawState::from_word(word)
            .ok_or_else(|| Failure::Malformed(format!("there is no state of a mail called {word}").into()))?;
        if !found.contains(&state) {
            found.push(state);
        }
    }
    Ok(found)
}

async fn shown(conn: &mut Conn, actor: &Actor, rows: Vec<RecordRow>) -> Result<Vec<MailRecord>, Failure> {
    let messages: Vec<MessageId> = rows.iter().filter_map(|row| row.message_id).collect();
    let mut tickets: HashMap<MessageId, TicketLink> = HashMap::new();
    if !messages.is_empty() && actor.may(Permission::TicketRead) {
        for (message, ticket_id, number) in mail_record::tickets_of(conn, actor, &messages).await? {
            let number = number.to_string();
            tickets.insert(message, TicketLink { ticket_id, number });
        }
    }
    let record = |row: RecordRow| {
        let ticket = row.message_id.and_then(|message| tickets.remove(&message));
        record(row, ticket)
    };
    Ok(rows.into_iter().map(record).collect())
}

fn record(row: RecordRow, ticket: Option<TicketLink>) -> MailRecord {
    let cause = row.reason.as_deref().and_then(Cause::from_word);
    MailRecord {
        id: row.id,
        inbox_id: row.inbox_id,
        received_at: row.received_at,
        source: row.source,
        origin: row.origin,
        from: row.header_from,
        envelope_from: row.envelope_from,
        envelope_to: row.envelope_to,
        subject: row.subject,
        size: row.size,
        state: row.state,
        error: row.reason.filter(|_| cause.is_none()),
        cause,
        message_id: row.message_id.filter(|_| ticket.is_some()),
        ticket,
        authenticity: row.authenticity.map(|json| json.0),
        has_raw: !row.blob.is_empty(),
    }
}

/// How many mails wait for a person, up to 99
#[derive(Debug, Serialize, ToSchema)]
pub struct MailCounts {
    suspended: MailCount,
    failed: MailCount,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailCount {
    count: usize,
    /// There are more than were counted.
    more: bool,
}

/// Counts are exact up to here.
const MOST: usize = 99;

/// Count the mail that waits for a person, up to 99
#[utoipa::path(get, path = "/mail/counts", tag = "mail",
    responses((status = 200, body = MailCounts), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn count_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRead>,
) -> Result<Json<MailCounts>, Failure> {
    let mut conn = app.db.read().await?;
    let mut counts = Vec::with_capacity(2);
    for state in [RawState::Suspended, RawState::Failed] {
        let wanted = Wanted {
            inbox: None,
            states: vec![state],
        };
        let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
        let found = mail_record::list(&mut conn, actor.workspace, &wanted, None, most)
            .await?
            .len();
        counts.push(MailCount {
            count: found.min(MOST),
            more: found > MOST,
        });
    }
    let (Some(failed), Some(suspended)) = (counts.pop(), counts.pop()) else {
        return Err(Failure::NotFound("count"));
    };
    Ok(Json(MailCounts { suspended, failed }))
}

/// Show what became of a mail, and why
#[utoipa::path(get, path = "/mail/{mail}", tag = "mail", params(("mail" = RawMailId, Path)),
    responses((status = 200, body = MailRecordDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRead>,
    PathId(mail): PathId<RawMailId>,
) -> Result<Json<MailRecordDetail>, Failure> {
    detail(&app, &actor, mail).await
}

pub(super) async fn detail(
    app: &App,
    actor: &Actor,
    mail: RawMailId,
) -> Result<Json<MailRecordDetail>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let row = mail_record::find(&mut conn, actor.workspace, mail).await?;
    let row = row.ok_or(Failure::NotFound("mail"))?;
    let readings = mail_record::readings(&mut conn, actor.workspace, mail, 50).await?;
    let (peer, helo) = (row.peer.clone(), row.helo.clone());
    let (settled_by, settled_at) = (row.settled_by, row.settled_at);
    let record = shown(&mut conn, actor, vec![row]).await?.pop();
    let record = record.ok_or(Failure::NotFound("mail"))?;
    let mut joined = None;
    if let Some(message) = record.message_id {
        let row = messages::find(&mut conn, actor.workspace, message).await?;
        joined = row.and_then(|row| row.mail).and_then(|mail| mail.0.joined);
    }
    let readings = readings.into_iter().map(|row| RawReading {
        by: row.agent_id,
        at: row.at,
    });
    Ok(Json(MailRecordDetail {
        record,
        joined,
        peer,
        helo,
        settled_by,
        settled_at,
        readings: readings.collect(),
    }))
}

/// Read the raw source of a mail; who read it is kept
#[utoipa::path(get, path = "/mail/{mail}/raw", tag = "mail", params(("mail" = RawMailId, Path)),
    responses((status = 200, body = String, content_type = "message/rfc822"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_raw_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRead>,
    PathId(mail): PathId<RawMailId>,
) -> Result<Response, Failure> {
    if !actor.may(Permission::RawRead) {
        return Err(Failure::Forbidden(Permission::RawRead));
    }
    let found = mail_record::find(&mut app.db.read().await?, actor.workspace, mail).await?;
    let row = found.ok_or(Failure::NotFound("mail"))?;
    raw_source(&app, &actor, mail, &row.blob).await
}

/// The raw source as a file, once it is kept who reads it.
pub(super) async fn raw_source(
    app: &App,
    actor: &Actor,
    mail: RawMailId,
    blob: &str,
) -> Result<Response, Failure> {
    if blob.is_empty() {
        return Err(RecordError::Gone.into());
    }
    let pieces = app.blobs.read(actor.workspace, blob).await?;
    let noted = app.change(actor, mail, |change, mail| {
        actions::note_reading(change, *mail).boxed()
    });
    noted.await?;
    let mut response = Bytes::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"message.eml\""),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    Ok(response)
}
