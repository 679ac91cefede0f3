//! For whoever runs the server: is it alive, should it be sent traffic, what are its numbers?

use std::net::IpAddr;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::Failure;
use super::client_ip::ClientIp;
use crate::app::App;
use crate::jobs::queue;
use crate::log;
use crate::store::{mailboxes, workspaces};

const MOST_STUCK: i64 = 1000;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
}

/// The process runs and answers: nothing else, so that a database that is away gets no server restarted.
async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> Response {
    let mut findings = app.health.look().await;
    let database = database_answers(&app).await;
    let detail = database.err().map(|_| "does not answer".to_owned());
    findings.insert(
        0,
        crate::health::Finding {
            name: "database",
            ok: detail.is_none(),
            detail,
        },
    );
    let draining = app.health.is_draining();
    let ready = !draining && findings.iter().all(|finding| finding.ok);
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = serde_json::json!({ "ready": ready, "draining": draining, "checks": findings });
    (status, Json(body)).into_response()
}

async fn database_answers(app: &App) -> Result<(), crate::db::Error> {
    workspaces::name(&mut app.db.read().await?, app.workspace)
        .await
        .map(drop)
}

/// For Prometheus, asked directly from this machine or a private network: not through a proxy, not by the world.
async fn numbers(
    State(app): State<App>,
    ClientIp(caller): ClientIp,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let through_proxy = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    if through_proxy || !is_near(caller) {
        return Err(Failure::Refused(
            "ask for the numbers from the server's own network".to_owned(),
        ));
    }
    count_stuck(&app).await?;
    let text = app
        .metrics
        .text()
        .map_err(|error| Failure::Internal(error.into()))?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

/// A store that is away leaves the numbers as they were: the others are wanted most just then.
async fn count_stuck(app: &App) -> Result<(), Failure> {
    let Ok(mut conn) = app.db.read().await else {
        return Ok(());
    };
    let jobs = queue::count_dead(&mut conn, MOST_STUCK).await?;
    let events = log::count_set_aside(&mut conn, app.workspace, MOST_STUCK).await?;
    app.metrics.set_stuck("jobs", jobs);
    app.metrics.set_stuck("events", events);
    let mailboxes = mailboxes::all(&mut conn, app.workspace).await?;
    let failing = mailboxes.iter().filter(|row| row.failing_since.is_some()).count();
    app.metrics
        .set_stuck("mailboxes", i64::try_from(failing).unwrap_or(i64::MAX));
    Ok(())
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_unspecified(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}
