//! For whoever runs the server: is it alive, should it be sent traffic, what are its numbers?

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::client_ip::ClientIp;
use super::{Failure, Problem};
use crate::app::App;
use crate::db::{Conn, Error};
use crate::health::Finding;
use crate::jobs::queue;
use crate::log;
use crate::store::{mailboxes, raw_mails};

/// What is counted is counted up to here.
const MOST: i64 = 1000;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alive))
        .routes(routes!(ready))
        .routes(routes!(numbers))
}

/// Whether traffic should come here, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    /// The server stops: it works on, and wants nothing new.
    draining: bool,
    checks: Vec<Finding>,
}

/// A problem that tells of every check.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotReady {
    #[serde(flatten)]
    problem: Problem,
    #[serde(flatten)]
    readiness: Readiness,
}

/// Whether the process runs and answers: nothing else, so that a database that is away gets no server restarted
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn alive() -> &'static str {
    "ok\n"
}

/// Whether this server should be sent traffic, with every check
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, body = Readiness),
        (status = 503, body = NotReady, content_type = "application/problem+json"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn ready(State(app): State<App>) -> Response {
    let (checks, draining) = (app.health.look().await, app.health.is_draining());
    let missing = checks.iter().filter(|check| check.needed && !check.ok);
    let missing: Vec<&str> = missing.map(|check| check.name).collect();
    let ready = !draining && missing.is_empty();
    let words = if draining {
        "this server stops; ask another".to_owned()
    } else {
        format!("not well: {}; see checks", missing.join(", "))
    };
    let readiness = Readiness {
        ready,
        draining,
        checks,
    };
    if ready {
        return Json(readiness).into_response();
    }
    let problem = Problem {
        detail: words,
        ..Failure::Unavailable.problem()
    };
    let mut response = (
        StatusCode::SERVICE_UNAVAILABLE,
        Json(NotReady { problem, readiness }),
    )
        .into_response();
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

/// Numbers for Prometheus, for whoever asks directly from this machine or a private network: not through a proxy
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn numbers(
    State(app): State<App>,
    ClientIp(caller): ClientIp,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let through_proxy = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    if through_proxy || !is_near(caller) {
        return Err(Failure::Refused(
            "ask for the numbers from the server's own network".into(),
        ));
    }
    // A store that is away leaves these as they were: the others are wanted most just then.
    if let Ok(mut conn) = app.db.read().await {
        count_stuck(&app, &mut conn).await?;
        look_at_waiting(&app, &mut conn).await?;
    }
    let text = app
        .metrics
        .text()
        .map_err(|error| Failure::Internal(error.into()))?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

async fn count_stuck(app: &App, conn: &mut Conn) -> Result<(), Error> {
    let jobs = queue::count_dead(conn, MOST).await?;
    let events = log::count_set_aside(conn, app.workspace, MOST).await?;
    app.metrics.set_stuck("jobs", jobs);
    app.metrics.set_stuck("events", events);
    let mailboxes = mailboxes::all(conn, app.workspace).await?;
    let failing = mailboxes.iter().filter(|row| row.failing_since.is_some()).count();
    app.metrics
        .set_stuck("mailboxes", i64::try_from(failing).unwrap_or(i64::MAX));
    Ok(())
}

/// How late the desk is, with each kind of its work.
async fn look_at_waiting(app: &App, conn: &mut Conn) -> Result<(), Error> {
    let (now, metrics) = (app.now(), &app.metrics);
    metrics.set_waiting("jobs", queue::count_due(conn, now, MOST).await?);
    metrics.set_oldest("job", queue::oldest_due(conn, now).await?, now);
    let unsent = queue::oldest_asked(conn, queue::SENDING, MOST).await?;
    metrics.set_oldest("unsent_mail", unsent, now);
    let unread = raw_mails::oldest_unread(conn, app.workspace).await?;
    metrics.set_oldest("unread_mail", unread, now);
    for (follower, events) in log::behind(conn, app.workspace).await? {
        metrics.set_behind(follower, events);
    }
    Ok(())
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_unspecified(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}
