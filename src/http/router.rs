//! All routes with their document: what is served and what is described come from one place.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::exact::{add_failures_of_ours, require_what_is_always_there};
use super::{Failure, Problem, assets, layers, probes, public_links, v1, widget};
use crate::app::App;

#[derive(OpenApi)]
#[openapi(info(
    title = "Shouwen",
    version = "1",
    description = "The API of the desk. Errors are RFC 9457 problems."
))]
struct Doc;

/// The router, and the OpenAPI document of all its routes.
pub fn build(app: App) -> (Router, Document) {
    build_with(app, Router::new())
}

/// The same with pages that only this server has.
pub fn build_with(app: App, pages: Router<App>) -> (Router, Document) {
    let (api, mut document) = described().split_for_parts();
    complete(&mut document);
    let text = document.to_pretty_json().unwrap_or_default();
    let router = api
        .layer(Extension(DocumentText(text.into())))
        .merge(assets::routes())
        .merge(pages)
        .fallback(assets::inbox)
        .method_not_allowed_fallback(refuse_method);
    (layers::around(router, &app).with_state(app), document)
}

/// The OpenAPI document alone.
pub fn document() -> Document {
    let mut document = described().into_openapi();
    complete(&mut document);
    document
}

/// What holds of every operation, and no handler says for itself.
fn complete(document: &mut Document) {
    require_what_is_always_there(document);
    add_failures_of_ours(document);
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Doc::openapi())
        .nest("/api/v1", version_1())
        .merge(widget::routes())
        .merge(probes::routes())
        .merge(public_links::routes())
}

fn version_1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(describe))
        .merge(v1::agents::routes())
        .merge(v1::alarms::routes())
        .merge(v1::api_keys::routes())
        .merge(v1::webhooks::routes())
        .merge(v1::assignment::routes())
        .merge(v1::board::routes())
        .merge(v1::bootstrap::routes())
        .merge(v1::calendars::routes())
        .merge(v1::calls::routes())
        .merge(v1::composer::routes())
        .merge(v1::case_report::routes())
        .merge(v1::cases::routes())
        .merge(v1::compensations::routes())
        .merge(v1::complaint_rules::routes())
        .merge(v1::customers::routes())
        .merge(v1::feed::routes())
        .merge(v1::deliveries::routes())
        .merge(v1::files::routes())
        .merge(v1::find::routes())
        .merge(v1::inboxes::routes())
        .merge(v1::macros::routes())
        .merge(v1::mail::routes())
        .merge(v1::mail_domains::routes())
        .merge(v1::mail_page::routes())
        .merge(v1::mail_recovery::routes())
        .merge(v1::me::routes())
        .merge(v1::messages::routes())
        .merge(v1::moves::routes())
        .merge(v1::notifications::routes())
        .merge(v1::oauth::routes())
        .merge(v1::owner_offers::routes())
        .merge(v1::password_resets::routes())
        .merge(v1::pauses::routes())
        .merge(v1::presence::routes())
        .merge(v1::roles::routes())
        .merge(v1::sender_rules::routes())
        .merge(v1::schedules::routes())
        .merge(v1::routing::routes())
        .merge(v1::session::routes())
        .merge(v1::setup::routes())
        .merge(v1::sla::routes())
        .merge(v1::sla_policies::routes())
        .merge(v1::statuses::routes())
        .merge(v1::tags::routes())
        .merge(v1::teams::routes())
        .merge(v1::thanks::routes())
        .merge(v1::ticket_kinds::routes())
        .merge(v1::ticket_macros::routes())
        .merge(v1::ticket_marks::routes())
        .merge(v1::tickets::routes())
        .merge(v1::tiers::routes())
}

/// The text of the document, made once.
#[derive(Clone)]
struct DocumentText(Arc<str>);

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "operation",
    responses((status = 200, body = serde_json::Value),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn describe(Extension(text): Extension<DocumentText>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text.0.to_string()).into_response()
}

async fn refuse_method() -> Failure {
    Failure::WrongMethod
}
