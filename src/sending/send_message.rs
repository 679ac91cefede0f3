//! The job that sends an answer: `sending` is committed before the content leaves, the result after.

use std::time::Duration;

use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_channels::email::compose::compose;
use shouwen_channels::email::smtp_client::{Delivery as Sent, OutgoingEnvelope, SendReport};
use shouwen_core::actor::Actor;
use shouwen_core::id::{AttachmentId, MessageId};
use shouwen_core::message::Delivery;
use shouwen_core::time::Timestamp;

use super::accounts::AccountProblem;
use super::answer::{self, Answer};
use super::dkim;
use super::through::{self, Stopped};
use super::trouble;
use crate::actions::deliveries::{self, Outcome};
use crate::app::App;
use crate::db::Error;
use crate::intake::thread;
use crate::jobs::JobError;
use crate::jobs::queue::Job;
use crate::log::Change;
use crate::store::files;
use crate::store::messages::{self, MessageRow};

/// How often writing a result is tried: a lost one makes a sent mail uncertain.
const TRIES: u32 = 6;

#[derive(Deserialize)]
struct Payload {
    message: MessageId,
}

/// Why nothing was sent after the recipients were accepted.
enum Halted {
    /// Somebody settled or sent the message meanwhile.
    NotWaiting,
    Store(Error),
}

/// Sends the message to every recipient that still waits for it.
pub(crate) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let message = parse(job)?;
    let actor = Actor::system(job.workspace_id);
    app.change(&actor, message, |change, message| {
        let words = "the server stopped while it was being sent";
        deliveries::doubt(change, *message, words).boxed()
    })
    .await?;
    let Some(answer) = answer::load(app, job.workspace_id, message).await? else {
        return Ok(());
    };
    tracing::Span::current().record("ticket", tracing::field::display(answer.message.ticket_id));
    let recipients = waiting(&answer);
    if recipients.is_empty() || !has_turn(app, &actor, &answer).await? {
        return Ok(());
    }
    let sending = Box::pin(send(app, &actor, &answer, recipients.clone()));
    let Some(outcomes) = sending.await? else {
        return Ok(());
    };
    let again = outcomes.iter().find(|outcome| outcome.state == Delivery::Queued);
    let again = again.map(|outcome| outcome.response.clone().unwrap_or_default());
    note(app, &actor, message, outcomes).await?;
    tracing::debug!(
        again = again.is_some(),
        "an answer was handed over, or its result kept"
    );
    again.map_or(Ok(()), |words| Err(JobError::Failed(words)))
}

/// Whether its content may have left, with no result written yet.
pub(crate) async fn is_leaving(change: &mut Change, job: &Job) -> Result<bool, Error> {
    let Ok(message) = parse(job) else {
        return Ok(false);
    };
    let workspace = change.workspace();
    let rows = messages::deliveries(change.tx(), workspace, &[message]).await?;
    Ok(rows.iter().any(|row| row.state == Delivery::Sending))
}

/// Two days of trying are enough: whoever still waits is not reached.
pub(crate) async fn give_up(app: &App, job: &Job, error: &str) -> Result<(), JobError> {
    let (message, actor) = (parse(job)?, Actor::system(job.workspace_id));
    let Some(answer) = answer::load(app, job.workspace_id, message).await? else {
        return Ok(());
    };
    let outcomes = all(waiting(&answer), Delivery::Failed, error);
    note(app, &actor, message, outcomes).await
}

fn parse(job: &Job) -> Result<MessageId, JobError> {
    let payload: Result<Payload, _> = serde_json::from_str(&job.payload);
    payload
        .map(|payload| payload.message)
        .map_err(|error| JobError::Hopeless(error.to_string()))
}

fn waiting(answer: &Answer) -> Vec<String> {
    let queued = answer
        .deliveries
        .iter()
        .filter(|row| row.state == Delivery::Queued);
    queued.map(|row| row.recipient.clone()).collect()
}

fn all(recipients: Vec<String>, state: Delivery, words: &str) -> Vec<Outcome> {
    let outcome = |recipient| Outcome {
        recipient,
        state,
        response: Some(words.to_owned()),
    };
    recipients.into_iter().map(outcome).collect()
}

/// Whether the inbox's account may send in this minute; else the message waits for the minute that it may.
async fn has_turn(app: &App, actor: &Actor, answer: &Answer) -> Result<bool, JobError> {
    let settings = answer.inbox.settings.0.email.as_ref();
    let Some(most) = settings
        .and_then(|email| email.per_minute)
        .filter(|most| *most > 0)
    else {
        return Ok(true);
    };
    let input = (answer.inbox.id, answer.message.id, most);
    let turn = app.change(actor, input, |change, (inbox, message, most)| {
        deliveries::take_turn(change, *inbox, *message, *most).boxed()
    });
    Ok(turn.await?)
}

/// What came of each recipient; `None` when there was nothing to send any more.
async fn send(
    app: &App,
    actor: &Actor,
    answer: &Answer,
    recipients: Vec<String>,
) -> Result<Option<Vec<Outcome>>, JobError> {
    let key = thread::key(&app.secrets, actor.workspace);
    let mut outgoing = answer.outgoing(&key);
    let files = answer.files(app, actor.workspace).await?;
    answer.with_links(&mut outgoing, &files, &key);
    outgoing.attachments = files.enclosed;
    outgoing.unsubscribe = answer.unsubscribe(app);
    let raw = match compose(&outgoing) {
        Ok(raw) => dkim::signed(app, actor.workspace, answer.sender().as_deref(), raw).await?,
        Err(error) => return Ok(Some(all(recipients, Delivery::Failed, &error.to_string()))),
    };
    let envelope = OutgoingEnvelope {
        from: answer.sender(),
        recipients,
    };
    let begin = Begin {
        message: answer.message.clone(),
        recipients: envelope.recipients.clone(),
        mail_id: outgoing.message_id,
        links: (files.links.iter().map(|link| link.id).collect(), files.until),
    };
    let retry = begin.clone();
    let sent = through::send(
        app,
        &answer.inbox,
        &envelope,
        &raw,
        async || commit_sending(app, actor, begin).await,
        async || commit_sending(app, actor, retry).await,
    );
    match sent.await {
        Ok(report) => {
            if let Err(error) = trouble::tell(app, actor, &answer.inbox, &report).await {
                tracing::warn!(%error, "that an account is refused could not be told");
            }
            Ok(Some(outcomes(report)))
        }
        Err(Stopped::Before(Halted::NotWaiting)) => Ok(None),
        Err(Stopped::Before(Halted::Store(error)) | Stopped::Store(error)) => Err(error.into()),
        Err(Stopped::Account(AccountProblem::Passing(words))) => Err(JobError::Failed(words)),
        Err(Stopped::Account(problem)) => {
            let words = problem.to_string();
            Ok(Some(all(envelope.recipients, Delivery::Failed, &words)))
        }
    }
}

#[derive(Clone)]
struct Begin {
    message: MessageRow,
    recipients: Vec<String>,
    mail_id: String,
    /// Files that go as links, and until when those work.
    links: (Vec<AttachmentId>, Timestamp),
}

/// From here on the other side may have it.
async fn commit_sending(app: &App, actor: &Actor, begin: Begin) -> Result<(), Halted> {
    let committed = app.change(actor, begin, |change, begin| {
        async move {
            let workspace = change.workspace();
            let (links, until) = &begin.links;
            files::set_links(change.tx(), workspace, links, *until).await?;
            deliveries::begin(change, &begin.message, &begin.recipients, &begin.mail_id).await
        }
        .boxed()
    });
    match committed.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Halted::NotWaiting),
        Err(error) => Err(Halted::Store(error)),
    }
}

fn outcomes(report: SendReport) -> Vec<Outcome> {
    let one = |(recipient, delivery): (String, Sent)| {
        let (state, words) = match delivery {
            Sent::Sent { response } => (Delivery::Sent, response),
            Sent::Temporary { code, text } => (Delivery::Queued, with_code(code, text)),
            Sent::Permanent { code, text } => (Delivery::Failed, with_code(code, text)),
            Sent::Uncertain { text } => (Delivery::Uncertain, text),
        };
        Outcome {
            recipient,
            state,
            response: Some(words),
        }
    };
    report.recipients.into_iter().map(one).collect()
}

fn with_code(code: Option<u16>, text: String) -> String {
    match code {
        Some(code) => format!("{code} {text}"),
        None => text,
    }
}

/// Writes what came of the recipients, patiently: what cannot be written becomes uncertain.
async fn note(app: &App, actor: &Actor, message: MessageId, outcomes: Vec<Outcome>) -> Result<(), JobError> {
    let mut wait = Duration::from_millis(500);
    for attempt in 1.. {
        let noted = app.change(
            actor,
            (message, outcomes.clone()),
            |change, (message, outcomes)| deliveries::note(change, *message, outcomes).boxed(),
        );
        match noted.await {
            Ok(()) => return Ok(()),
            Err(error) if attempt == TRIES => return Err(error.into()),
            Err(error) => {
                tracing::warn!(message.id = %message, %error, "the result of sending cannot be written yet");
            }
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Ok(())
}
