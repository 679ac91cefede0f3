//! The front end, embedded in the program: the inbox with its routes, the widget's script and files.
//!
//! A debug build reads them from `web/dist` at run time; either may be built without them.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::Failure;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// The names of files under here hold a hash of their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Asked for again each time, answered by 304 when nothing changed.
const ASK_AGAIN: &str = "no-cache";
/// The widget's script has one name for ever and changes with releases.
const FIVE_MINUTES: &str = "public, max-age=300";

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Shouwen</title>\
    <p>The front end is not built: run <code>make web</code>, then reload.\
    <p>The API is at <a href=/api/v1/openapi.json>/api/v1/openapi.json</a>.";

/// The files with a path of their own. Everything else is the inbox's, see [`inbox`].
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{*path}", get(inbox_asset))
        .route("/widget.js", get(widget_script))
        .route("/widget/assets/{*path}", get(widget_asset))
        .route("/widget/demo-shop.html", get(demo_shop))
}

/// Every other path: a file of the inbox, else its page, whose script knows the routes; below /api a problem.
pub async fn inbox(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path.starts_with("/api/") || path == "/api" {
        return Failure::NoSuchPath.into_response();
    }
    let name = path.trim_start_matches('/');
    if name.contains('.') && name != "index.html" {
        return Dist::get(&format!("inbox/{name}"))
            .map_or_else(not_found, |file| answer(&file, &headers, ASK_AGAIN));
    }
    Dist::get("inbox/index.html").map_or_else(
        || Html(NOT_BUILT).into_response(),
        |page| answer(&page, &headers, ASK_AGAIN),
    )
}

/// A page of the widget, such as `frame.html`, for whoever serves it with a policy of its own.
pub fn widget_page(name: &str) -> Option<Vec<u8>> {
    Dist::get(&format!("widget/{name}")).map(|file| file.data.into_owned())
}

async fn inbox_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    find(&format!("inbox/assets/{path}"), &headers, FOREVER)
}

async fn widget_script(headers: HeaderMap) -> Response {
    for_any_site(find("widget/widget.js", &headers, FIVE_MINUTES))
}

async fn widget_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    for_any_site(find(&format!("widget/assets/{path}"), &headers, FIVE_MINUTES))
}

async fn demo_shop(headers: HeaderMap) -> Response {
    find("widget/demo-shop.html", &headers, ASK_AGAIN)
}

fn find(name: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    // Debug builds read the disk; a path never climbs out of the folder.
    if name.split('/').any(|part| part == "..") {
        return not_found();
    }
    Dist::get(name).map_or_else(not_found, |file| answer(&file, headers, caching))
}

fn answer(file: &EmbeddedFile, headers: &HeaderMap, caching: &'static str) -> Response {
    let etag = format!(
        "\"{}\"",
        URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..18])
    );
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    // Weak comparison (RFC 9110, 13.1.2): a compressing proxy makes the tag weak.
    let same = known
        .flat_map(|line| line.split(','))
        .any(|tag| tag.trim().trim_start_matches("W/") == etag);
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (
            [(header::CONTENT_TYPE, file.metadata.mimetype().to_owned())],
            file.data.to_vec(),
        )
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(etag) = etag.parse() {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn for_any_site(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    response
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "there is no such file").into_response()
}
