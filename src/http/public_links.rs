//! What the links in our mails lead to, without signing in: files for some days, and saying no to a kind of mail
//! (RFC 8058). A page only asks; mail scanners open every link.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::FutureExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::PathId;
use super::v1::files::respond;
use super::{Failure, Problem};
use crate::actions::public_links as actions;
use crate::app::App;
use crate::store::files;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_file))
        .routes(routes!(ask, opt_out))
}

/// Read a file that was sent as a link, always as a download
#[utoipa::path(get, path = "/files/{token}", operation_id = "read_linked_file", tag = "links",
    params(("token" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn read_file(
    State(app): State<App>,
    PathId(token): PathId<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let gone = || Failure::NotFound("file: its link does not work any more");
    let (id, until) = actions::read_file_token(&app.secrets, &token).ok_or_else(gone)?;
    if until < app.now() {
        return Err(gone());
    }
    let found = files::find(&mut app.db.read().await?, app.workspace, id).await?;
    let row = found.filter(|row| row.message_id.is_some()).ok_or_else(gone)?;
    let mut response = respond(&app, &app.system(), &row, true, &headers).await?;
    let cache = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

/// The page of the link to say no to a kind of mail, which only asks
#[utoipa::path(get, path = "/unsubscribe/{token}", operation_id = "ask_to_opt_out", tag = "links",
    params(("token" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn ask(State(app): State<App>, PathId(token): PathId<String>) -> Result<Response, Failure> {
    actions::read_opt_out_token(&app.secrets, &token).ok_or(Failure::NotFound("page"))?;
    Ok(page(
        "Do you want no more such mail? 不再接收此类邮件？",
        "<form method=post><button>No more such mail 不再接收</button></form>",
    ))
}

/// Say no to a kind of mail (RFC 8058)
#[utoipa::path(post, path = "/unsubscribe/{token}", tag = "links", params(("token" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn opt_out(State(app): State<App>, PathId(token): PathId<String>) -> Result<Response, Failure> {
    let read = actions::read_opt_out_token(&app.secrets, &token);
    let (customer, kind) = read.ok_or(Failure::NotFound("page"))?;
    app.change(&app.system(), (customer, kind), |change, (customer, kind)| {
        actions::opt_out(change, *customer, *kind).boxed()
    })
    .await?;
    Ok(page("You will get no more such mail. 您将不再收到此类邮件。", ""))
}

fn page(words: &str, form: &str) -> Response {
    let html = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{words}</title>\
         <body style=\"font:16px/1.6 system-ui;max-width:36em;margin:4em auto;padding:0 1em\"><h1 style=\"font-size:1.2em\">{words}</h1>{form}"
    );
    let mut response = (StatusCode::OK, Html(html)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
