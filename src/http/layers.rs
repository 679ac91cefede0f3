//! What every request passes on its way in and every response on its way out.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::trace::TraceLayer;
use tracing::{Span, field};
use uuid::Uuid;

use super::Failure;
use super::problem::REQUEST_ID;
use crate::app::App;

/// The largest body, in bytes, but for uploads, whose route sets its own limit.
pub const BODY_LIMIT: usize = 2 << 20;

/// How long an answer may take to begin.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The same for uploads, which begin with their last byte.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// Scripts only from us, inline styles for the widths and colours that people choose. The page of a message's HTML
/// and the frame of the widget have policies of their own.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
                      connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the routes. The last one added is the first that a request meets, so read from below.
pub fn around<S: Clone + Send + Sync + 'static>(router: Router<S>, app: &App) -> Router<S> {
    router
        // 10. What was asked before with the same key is answered again.
        .layer(from_fn_with_state(app.clone(), super::idempotency::remember))
        // 9. Answers are compressed with gzip where the browser takes it and it helps.
        .layer(CompressionLayer::new())
        // 8. A handler that takes too long is given up. Sockets answer at once and live on.
        .layer(from_fn(time_out))
        // 7. Bodies are small, but for uploads.
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        // 6. Other sites cannot act with the cookie of whoever visits them.
        .layer(refuse_other_sites(app))
        // 5. Browsers are told what our pages may do.
        .layer(from_fn_with_state(secure_transport(app), add_security_headers))
        // 4. A panic is a problem of one request.
        .layer(CatchPanicLayer::custom(panicked))
        // 3. Every request is counted by its route.
        .layer(from_fn_with_state(app.clone(), count))
        // 2. What is logged below says which request it belongs to, without addresses, queries or tokens.
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        // 1. Every request has an id, ours or that of the proxy before us.
        .layer(from_fn_with_state(app.clone(), identify))
}

async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(X_REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| is_request_id(id));
    let id = given.map_or_else(|| app.ids.next::<Uuid>(app.now()).to_string(), ToOwned::to_owned);
    let header = HeaderValue::from_str(&id).ok();
    if let Some(header) = &header {
        request.headers_mut().insert(X_REQUEST_ID, header.clone());
    }
    let mut response = REQUEST_ID.scope(id, next.run(request)).await;
    if let Some(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    response
}

/// What a proxy may call a request; anything longer or stranger is replaced.
fn is_request_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let id = request
        .headers()
        .get(X_REQUEST_ID)
        .and_then(|id| id.to_str().ok());
    tracing::info_span!("request", method = %request.method(), route, request_id = id, problem = field::Empty)
}

async fn count(State(app): State<App>, route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    let response = next.run(request).await;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    app.metrics.request(
        method.as_str(),
        route,
        response.status().as_u16(),
        began.elapsed(),
    );
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Failure::Internal(format!("a handler panicked: {}", text.unwrap_or("without words")).into())
        .into_response()
}

/// The value of Strict-Transport-Security, when people reach us by TLS.
fn secure_transport(app: &App) -> Option<HeaderValue> {
    let secure = app.config.public_url().starts_with("https://");
    secure.then(|| HeaderValue::from_static("max-age=31536000"))
}

async fn add_security_headers(
    State(transport): State<Option<HeaderValue>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Some(value) = transport {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// By Sec-Fetch-Site, else by comparing Origin with Host; what carries neither is no browser and has no cookie.
fn refuse_other_sites(app: &App) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let layer = CsrfLayer::new();
    // A proxy may have changed the Host; the public URL tells what browsers see.
    let origin = url::Url::parse(&app.config.public_url()).map(|url| url.origin().ascii_serialization());
    let layer = origin.map_or_else(
        |_| CsrfLayer::new(),
        |origin| layer.add_trusted_origin(origin).unwrap_or_default(),
    );
    layer.with_rejection_response(|_| {
        let words = "this came from a page of another site; open the desk itself and do it there";
        Failure::Refused(words.to_owned().into()).into_response()
    })
}

async fn time_out(request: Request, next: Next) -> Response {
    let limit = if request.uri().path().ends_with("/uploads") {
        UPLOAD_TIMEOUT
    } else {
        TIMEOUT
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::Unavailable.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_from_outside_is_short_and_plain() {
        for (id, good) in [
            ("7f3a-01_b.c", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
        ] {
            assert_eq!(is_request_id(id), good, "{id}");
        }
        assert!(!is_request_id(&"a".repeat(65)));
    }
}
