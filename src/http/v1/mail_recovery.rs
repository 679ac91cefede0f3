//! What a person does about a mail that came: lets it through, has it read again, lets it go.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::id::{RawMailId, TicketId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::mail::{MailRecordDetail, detail};
use crate::actions::mail_record::{self as actions, RecordError, Recover};
use crate::app::App;
use crate::http::auth::MailRecover;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::intake::read_mail;
use crate::jobs::JobError;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(recover_mail))
        .routes(routes!(process_mail))
        .routes(routes!(discard_mail))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RecoverIn {
    /// Where it belongs; without it as its signs say, or in a new ticket.
    #[serde(default)]
    ticket_id: Option<TicketId>,
    /// From now on automatic mail of this sender makes tickets.
    #[serde(default)]
    allow_sender: bool,
}

/// Make a mail that was kept back a message
#[utoipa::path(post, path = "/mail/{mail}/recover", tag = "mail", request_body = RecoverIn, params(("mail" = RawMailId, Path)),
    responses((status = 200, body = MailRecordDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn recover_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRecover>,
    PathId(mail): PathId<RawMailId>,
    Body(body): Body<RecoverIn>,
) -> Result<Json<MailRecordDetail>, Failure> {
    let recover = Recover {
        mail,
        ticket: body.ticket_id,
        allow_sender: body.allow_sender,
    };
    app.change(&actor, recover, |change, recover| {
        actions::recover(change, recover).boxed()
    })
    .await?;
    read_now(&app, &actor, mail).await?;
    detail(&app, &actor, mail).await
}

/// Have a mail read again, by the rules as they are now; a mail that is a message stays it
#[utoipa::path(post, path = "/mail/{mail}/process", tag = "mail", params(("mail" = RawMailId, Path)),
    responses((status = 200, body = MailRecordDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn process_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRecover>,
    PathId(mail): PathId<RawMailId>,
) -> Result<Json<MailRecordDetail>, Failure> {
    app.change(&actor, mail, |change, mail| {
        actions::process(change, *mail).boxed()
    })
    .await?;
    read_now(&app, &actor, mail).await?;
    detail(&app, &actor, mail).await
}

/// Reads what was just marked for reading, so that the answer can tell what came of it. Should it fail, the job that
/// was made with the mark tries again.
async fn read_now(app: &App, actor: &Actor, mail: RawMailId) -> Result<(), Failure> {
    match read_mail::read(app, actor.workspace, mail).await {
        Ok(()) => Ok(()),
        Err(JobError::Unavailable(reason)) => {
            tracing::error!(%reason, "a mail cannot be read just now; it will be tried again");
            Err(Failure::Unavailable)
        }
        Err(error) => {
            tracing::warn!(%error, mail.id = %mail, "a mail could not be read again; it will be tried some more");
            Ok(())
        }
    }
}

/// Take a mail out of the queue; it can be recovered for as long as its raw source is kept
#[utoipa::path(post, path = "/mail/{mail}/discard", tag = "mail", params(("mail" = RawMailId, Path)),
    responses((status = 200, body = MailRecordDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn discard_mail(
    State(app): State<App>,
    Can(actor, _): Can<MailRecover>,
    PathId(mail): PathId<RawMailId>,
) -> Result<Json<MailRecordDetail>, Failure> {
    app.change(&actor, mail, |change, mail| {
        actions::discard(change, *mail).boxed()
    })
    .await?;
    detail(&app, &actor, mail).await
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        let words = error.to_string();
        match error {
            RecordError::NoSuchMail => Self::NotFound("mail"),
            RecordError::NoSuchTicket => Self::field("ticket_id", words),
            RecordError::Gone | RecordError::IsMessage | RecordError::BeingRead | RecordError::NotWaiting => {
                Self::Conflict(words.into())
            }
            RecordError::Store(error) => error.into(),
        }
    }
}
