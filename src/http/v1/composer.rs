//! What the composer begins with, and the signatures below its answers.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::fault::Fault;
use shouwen_core::id::{InboxId, MessageId, TicketId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::recipients::MOST_RECIPIENTS;
use crate::actions::{composing, email_settings, signatures as actions};
use crate::app::App;
use crate::http::auth::{AdminInboxes, TicketNote};
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem, SignedIn};
use crate::store::inboxes::Signature;
use crate::store::{agents, signatures, tickets};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin_answer))
        .routes(routes!(show_signatures, change_signatures))
        .routes(routes!(preview_signature))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComposerQuery {
    /// The message that is answered; none: the newest that came in.
    answering: Option<MessageId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sender {
    address: String,
    name: String,
}

/// What becomes of files: one larger than `link_over_bytes`, and the largest ones of a mail that would be larger than
/// `max_mail_bytes`, go as links that work for `link_days` days.
#[derive(Debug, Serialize, ToSchema)]
pub struct SendingLimits {
    max_file_bytes: usize,
    max_mail_bytes: usize,
    link_over_bytes: usize,
    link_days: i64,
    most_recipients: usize,
}

/// What an answer begins with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Composer {
    channel: Channel,
    /// That sends by email.
    inbox_id: Option<InboxId>,
    from: Option<Sender>,
    to: Vec<String>,
    cc: Vec<String>,
    subject: Option<String>,
    signature: String,
    /// Of the signature.
    locale: String,
    undo_seconds: i64,
    own_addresses: Vec<String>,
    /// Who stands in this ticket already: a domain that is not among theirs is new.
    known_addresses: Vec<String>,
    /// Who was in copy before and is not in the mail that is answered.
    former_cc: Vec<String>,
    limits: SendingLimits,
}

/// Begin an answer: recipients derived from the message answered, the signature, what to warn of
#[utoipa::path(get, path = "/tickets/{ticket}/composer", tag = "messages", params(("ticket" = TicketId, Path), ComposerQuery),
    responses((status = 200, body = Composer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn begin_answer(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
    Params(query): Params<ComposerQuery>,
) -> Result<Json<Composer>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let found = tickets::find_visible(&mut conn, &actor, ticket).await?;
    let row = found.ok_or(Failure::NotFound("ticket"))?;
    let begun = composing::begin(&mut conn, actor.workspace, actor.agent(), &row, query.answering).await?;
    let (mail, http) = (&app.config.mail, &app.config.http);
    Ok(Json(Composer {
        channel: begun.channel.unwrap_or(row.channel),
        inbox_id: begun.inbox,
        from: begun.from.map(|(address, name)| Sender { address, name }),
        to: begun.to,
        cc: begun.cc,
        subject: begun.subject,
        signature: begun.signature,
        locale: begun.locale,
        undo_seconds: begun.undo_seconds,
        own_addresses: begun.own,
        known_addresses: begun.known,
        former_cc: begun.former_cc,
        limits: SendingLimits {
            max_file_bytes: http.max_upload_bytes,
            max_mail_bytes: mail.max_sent_bytes,
            link_over_bytes: mail.link_over_bytes,
            link_days: mail.link_days,
            most_recipients: MOST_RECIPIENTS,
        },
    }))
}

/// Signatures in one language each; an empty language serves all that have none of their own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Signatures {
    signatures: Vec<Signature>,
}

/// Read one's own signatures
#[utoipa::path(get, path = "/me/signatures", tag = "me",
    responses((status = 200, body = Signatures), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_signatures(State(app): State<App>, me: SignedIn) -> Result<Json<Signatures>, Failure> {
    let mut conn = app.db.read().await?;
    let signatures = signatures::of_agent(&mut conn, me.actor.workspace, me.agent).await?;
    Ok(Json(Signatures { signatures }))
}

/// Replace one's own signatures
#[utoipa::path(put, path = "/me/signatures", tag = "me", request_body = Signatures,
    responses((status = 200, body = Signatures), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn change_signatures(
    State(app): State<App>,
    me: SignedIn,
    Body(given): Body<Signatures>,
) -> Result<Json<Signatures>, Failure> {
    let input = (me.agent, given.signatures);
    app.change(&me.actor, input, |change, (agent, given)| {
        actions::replace_own(change, *agent, given).boxed()
    })
    .await?;
    let mut conn = app.db.read().await?;
    let signatures = signatures::of_agent(&mut conn, me.actor.workspace, me.agent).await?;
    Ok(Json(Signatures { signatures }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SignatureDraft {
    inbox_id: InboxId,
    /// Such as `en`.
    #[serde(default)]
    locale: String,
    /// The template; null: the inbox's own for this language.
    text: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignaturePreview {
    text: String,
}

/// See how a signature's template is filled in
#[utoipa::path(post, path = "/signatures/preview", tag = "administration", request_body = SignatureDraft,
    responses((status = 200, body = SignaturePreview), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn preview_signature(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    Body(draft): Body<SignatureDraft>,
) -> Result<Json<SignaturePreview>, Failure> {
    let text = draft.text.as_deref();
    if text.is_some_and(|text| text.chars().count() > email_settings::LONGEST_SIGNATURE) {
        return Err(Failure::field("text", Fault::TooLong { most: 5000 }));
    }
    let mut conn = app.db.read().await?;
    let inbox = composing::known_inbox(&mut conn, actor.workspace, draft.inbox_id).await?;
    let inbox = inbox.ok_or(Failure::field("inbox_id", Fault::ChooseEmailInbox))?;
    let (mut agent, mut own) = (None, Vec::new());
    if let Some(id) = actor.agent() {
        agent = agents::find(&mut conn, actor.workspace, id).await?;
        own = signatures::of_agent(&mut conn, actor.workspace, id).await?;
    }
    let settings = inbox.settings.0.email.clone().unwrap_or_default();
    let template = text.unwrap_or_else(|| actions::of_inbox(&settings, &draft.locale));
    let text = actions::preview(agent.as_ref(), &own, &inbox, template, &draft.locale);
    Ok(Json(SignaturePreview { text }))
}
