//! `Idempotency-Key` on POST: a request that is sent again is answered again, and carried out once.
//!
//! Answers are kept sealed: that to the making of an API key holds the key. What is done goes on when the caller hangs
//! up, because it is the caller who hung up that asks again.

use std::panic::AssertUnwindSafe;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Actor;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::Failure;
use super::auth::Anybody;
use super::problem::REQUEST_ID;
use crate::actions::idempotency::{Begun, begin, end};
use crate::app::App;
use crate::blobs::hash;
use crate::store::idempotency::RequestKey;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 200;
const BODY_LIMIT: usize = 1 << 20;
/// What the answers are sealed for.
const SEALED_FOR: &str = "idempotency";

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    media_type: Option<String>,
    body: String,
}

/// Carries out a POST with a key once; anything else goes on as it is.
pub async fn remember(State(app): State<App>, request: Request, next: Next) -> Response {
    let concerned = request.method() == Method::POST && request.uri().path().starts_with("/api/v1/");
    if !concerned || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // Who is nobody yet (signing in, setting up) has no keys; whether that is wrong is for the handler to say.
    let Ok(Anybody(actor)) = Anybody::from_request_parts(&mut parts, &app).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    match once(app, actor, parts, body, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn once(app: App, actor: Actor, parts: Parts, body: Body, next: Next) -> Result<Response, Failure> {
    let of = RequestKey {
        workspace: actor.workspace,
        actor: actor.who.id().ok_or(Failure::Unauthenticated)?,
        key: read_key(&parts)?,
    };
    let body = to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Failure::TooLarge(BODY_LIMIT))?;
    let input = (of.clone(), fingerprint(&parts, &body));
    let begun = app
        .change(&actor, input, |change, (of, hash)| {
            begin(change, of, hash).boxed()
        })
        .await?;
    match begun {
        Begun::First => carry_out(app, actor, of, Request::from_parts(parts, body.into()), next).await,
        Begun::Running => Err(Failure::Conflict(
            "a request with this Idempotency-Key is still being carried out; ask again in a moment".into(),
        )),
        Begun::Reused => Err(Failure::KeyReused),
        Begun::Done(status, sealed) => replay(&app, status, &sealed),
    }
}

fn read_key(parts: &Parts) -> Result<String, Failure> {
    let key = parts.headers.get(KEY).and_then(|key| key.to_str().ok());
    key.filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY)
        .map(ToOwned::to_owned)
        .ok_or_else(|| {
            Failure::Malformed(format!("an Idempotency-Key has 1 to {LONGEST_KEY} characters").into())
        })
}

/// What makes a request the same: where it goes and what it says.
fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let mut text = parts.uri.to_string().into_bytes();
    text.push(0);
    text.extend_from_slice(body);
    hash(&text)
}

/// In a task of its own, which ends whether or not somebody waits for it.
async fn carry_out(
    app: App,
    actor: Actor,
    of: RequestKey,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let (tell, told) = oneshot::channel();
    let id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
    let supervisor = app.supervisor.clone();
    let work = async move {
        let guarded = AssertUnwindSafe(next.run(request)).catch_unwind();
        let response = guarded
            .await
            .unwrap_or_else(|_| Failure::Internal("a handler panicked".into()).into_response());
        let response = keep(&app, &actor, of, response).await;
        let _ = tell.send(response); // the caller is gone, and may ask again
    };
    supervisor.run("request", REQUEST_ID.scope(id, work).in_current_span());
    told.await
        .unwrap_or_else(|_| Err(Failure::Internal("the request's task is gone".into())))
}

/// Keeps the answer if it is final, and gives it back.
async fn keep(app: &App, actor: &Actor, of: RequestKey, response: Response) -> Result<Response, Failure> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Failure::Internal(error.into()))?;
    let final_text = std::str::from_utf8(&body).ok().filter(|_| {
        is_final(parts.status) && body.len() <= BODY_LIMIT && !parts.headers.contains_key(header::SET_COOKIE)
    });
    let answer = final_text.map(|text| {
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        let kept = Kept {
            media_type: media_type
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
            body: text.to_owned(),
        };
        let json = serde_json::to_string(&kept).unwrap_or_default();
        (parts.status.as_u16(), app.secrets.seal(SEALED_FOR, &json))
    });
    let ended = app
        .change(actor, (of, answer), |change, (of, answer)| {
            end(change, of, answer.as_ref()).boxed()
        })
        .await;
    if let Err(error) = ended {
        let error: crate::db::Error = error;
        tracing::error!(%error, "an answer could not be kept for its Idempotency-Key");
    }
    Ok(Response::from_parts(parts, body.into()))
}

/// Whether the same request would get the same answer: not when it was the moment that was wrong.
fn is_final(status: StatusCode) -> bool {
    let of_the_moment = [
        StatusCode::UNAUTHORIZED,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    (status.is_success() || status.is_client_error()) && !of_the_moment.contains(&status)
}

fn replay(app: &App, status: u16, sealed: &str) -> Result<Response, Failure> {
    let json = app.secrets.unseal(SEALED_FOR, sealed);
    let json = json.map_err(|error| Failure::Internal(error.into()))?;
    let kept: Kept = serde_json::from_str(&json).map_err(|error| Failure::Internal(error.into()))?;
    let status = StatusCode::from_u16(status).map_err(|error| Failure::Internal(error.into()))?;
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Some(media_type) = kept
        .media_type
        .and_then(|value| HeaderValue::from_str(&value).ok())
    {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
