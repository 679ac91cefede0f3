//! One signed call to one webhook.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use sha2::Sha256;
use shouwen_core::actor::Actor;
use shouwen_core::time::Timestamp;

use super::follow::Call;
use crate::app::App;
use crate::db;
use crate::jobs::JobError;
use crate::jobs::queue::Job;
use crate::log::{Change, Logged, read_after};
use crate::secrets::SIGNED_PREFIX;
use crate::store::webhooks::{self, WebhookRow};

/// Nobody's answer is read further.
const MOST_ANSWER: usize = 16 * 1024;
const GONE: u16 = 410;

/// Makes the call that the job names. The webhook or the event is gone: nothing to do.
pub(crate) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let call = parse(job)?;
    let workspace = job.workspace_id;
    let mut conn = app.db.read().await?;
    let hook = webhooks::find(&mut conn, workspace, call.webhook).await?;
    let event = read_after(&mut conn, workspace, call.seq - 1, 1).await?.pop();
    drop(conn);
    let (Some(hook), Some(event)) = (hook.filter(|hook| hook.active), event) else {
        return Ok(());
    };
    let (headers, body) = request(app, &hook, &event)?;
    let answer = app.fetcher.post(&hook.url, headers, body, MOST_ANSWER).await;
    let error = match answer {
        Ok(answer) if answer.is_success() => return note(app, job, Outcome::Arrived).await,
        Ok(answer) if answer.status == GONE => return note(app, job, Outcome::Gone).await,
        Ok(answer) => format!("answered with status {}", answer.status),
        Err(error) => error.to_string(),
    };
    note(app, job, Outcome::Failed(error.clone())).await?;
    Err(JobError::Failed(error))
}

/// The webhook says since when it fails; the job stays, to be seen.
pub(crate) async fn give_up(app: &App, job: &Job, error: &str) -> Result<(), JobError> {
    note(app, job, Outcome::Failed(error.to_owned())).await
}

fn parse(job: &Job) -> Result<Call, JobError> {
    serde_json::from_str(&job.payload).map_err(|error| JobError::Hopeless(error.to_string()))
}

fn request(app: &App, hook: &WebhookRow, event: &Logged) -> Result<(HeaderMap, Bytes), JobError> {
    let hopeless = |error: &dyn std::fmt::Display| JobError::Hopeless(error.to_string());
    let secret = app
        .secrets
        .unseal("webhook", &hook.secret)
        .map_err(|error| hopeless(&error))?;
    let id = format!("{}-{}", hook.id, event.seq);
    let (now, body) = (app.now(), body(event).to_string());
    let sign = signature(&secret, &id, now, &body).ok_or_else(|| hopeless(&"its secret cannot be read"))?;
    let mut headers = HeaderMap::new();
    let seconds = (now.millis() / 1000).to_string();
    for (name, value) in [
        ("content-type", "application/json"),
        ("webhook-id", &id),
        ("webhook-timestamp", &seconds),
        ("webhook-signature", &sign),
    ] {
        let value = HeaderValue::from_str(value).map_err(|error| hopeless(&error))?;
        headers.insert(name, value);
    }
    Ok((headers, body.into()))
}

/// The event as the API would say it.
fn body(event: &Logged) -> serde_json::Value {
    json!({
        "type": event.event().kind(),
        "timestamp": event.happened_at,
        "data": {
            "seq": event.seq,
            "ticket_id": event.ticket_id,
            "actor": { "kind": event.actor_kind, "id": event.actor_id },
            "origin": event.origin,
            "event": event.event(),
        },
    })
}

/// `v1,` and the base64 of HMAC-SHA256 over id, time in seconds and body (Standard Webhooks). `None`: not a secret.
pub fn signature(secret: &str, id: &str, at: Timestamp, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(SIGNED_PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{}.{body}", at.millis() / 1000).as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[derive(Debug, Clone)]
enum Outcome {
    Arrived,
    Gone,
    Failed(String),
}

async fn note(app: &App, job: &Job, outcome: Outcome) -> Result<(), JobError> {
    let call = parse(job)?;
    let input = (call, outcome);
    let noted: db::Result<()> = app
        .change(
            &Actor::system(job.workspace_id),
            input,
            |change, (call, outcome)| settle(change, *call, outcome).boxed(),
        )
        .await;
    Ok(noted?)
}

async fn settle(change: &mut Change, call: Call, outcome: &Outcome) -> db::Result<()> {
    let (workspace, now) = (change.workspace(), change.now());
    match outcome {
        Outcome::Arrived => webhooks::note_success(change.tx(), workspace, call.webhook).await,
        Outcome::Gone => {
            let error = "said that it is gone for good (410), and was turned off";
            webhooks::note_failure(change.tx(), workspace, call.webhook, error, now).await?;
            webhooks::turn_off(change.tx(), workspace, call.webhook).await
        }
        Outcome::Failed(error) => {
            webhooks::note_failure(change.tx(), workspace, call.webhook, error, now).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_as_the_standard_says() {
        // The example of the Standard Webhooks specification's reference implementations.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, at) = (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Timestamp::from_millis(1_614_265_330_000),
        );
        let signed = signature(secret, id, at, r#"{"test": 2432232314}"#);
        assert_eq!(
            signed.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        for secret in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_???"] {
            assert_eq!(
                signature(secret, "id", Timestamp::from_millis(0), "{}"),
                None,
                "{secret}"
            );
        }
    }
}
