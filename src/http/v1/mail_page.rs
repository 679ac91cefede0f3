//! The HTML of a mail as a page for a sandboxed frame, and the pictures in it. Pictures that lie elsewhere are shown
//! when the reader asks, and then by this server: their sender learns neither who looked nor from where.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shouwen_core::id::{AttachmentId, MessageId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::{shown, visible_message};
use crate::actions::pictures::{self, PictureError};
use crate::app::App;
use crate::http::auth::TicketRead;
use crate::http::problem::{Params, PathId};
use crate::http::{Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_html))
        .routes(routes!(show_picture))
}

/// What a mail's page may do: show itself and pictures from this server, and nothing else, not even run a script.
/// It keeps its origin, so that its pictures come with the session and the inbox can measure its height.
const MAIL_POLICY: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; \
    default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";

/// What newsletters are made for: pictures in cells stand without a gap below them.
const DOCTYPE: &str = "<!doctype html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
    \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">";

/// How a picture that lies elsewhere stands in sanitised HTML.
const REMOTE: &str = "data-remote-src=\"";

/// Whether the HTML of a message has pictures that lie elsewhere.
pub fn has_remote_pictures(html: &str) -> bool {
    html.contains(REMOTE)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Shows pictures that lie elsewhere, fetched by this server.
    images: Option<bool>,
}

/// Show the HTML of a mail as a page of its own for a sandboxed frame
#[utoipa::path(get, path = "/messages/{message}/html", tag = "messages", params(("message" = MessageId, Path), PageQuery),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_html(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(id): PathId<MessageId>,
    Params(query): Params<PageQuery>,
) -> Result<Response, Failure> {
    let row = visible_message(&app, &actor, id).await?;
    let html = row
        .html
        .clone()
        .ok_or(Failure::NotFound("HTML of this message"))?;
    let message = shown(&app, &actor, &row).await?;
    let own = message.attachments.iter();
    let own: HashMap<String, AttachmentId> = own
        .filter_map(|file| Some((content_id(file.content_id.as_deref()?), file.id)))
        .collect();
    let mut body = with_pictures(&html, &own);
    if query.images == Some(true) {
        body = with_remote_pictures(&body, |url| {
            let signature = pictures::sign(&app.secrets, id, url);
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("url", url)
                .append_pair("sig", &signature)
                .finish();
            format!("/api/v1/messages/{id}/picture?{}", query.replace('&', "&amp;"))
        });
    }
    let page = format!(
        "{DOCTYPE}<meta charset=utf-8><meta name=color-scheme content=light><base target=_blank>\
         <style>body{{margin:0;font:14px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;\
         overflow-wrap:break-word;color:#1c2126;background:#fff}}img{{max-width:100%;object-fit:contain}}img:not([height]){{height:auto}}\
         table{{max-width:100%}}blockquote{{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #d5dadf;color:#555}}\
         </style><body>{body}"
    );
    let mut response = page.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PictureQuery {
    /// Where the picture lies.
    url: String,
    /// Ours, of the message and the address: nobody fetches through this server what stands in no mail.
    sig: String,
}

/// Show a picture of a mail that lies elsewhere
#[utoipa::path(get, path = "/messages/{message}/picture", tag = "messages", params(("message" = MessageId, Path), PictureQuery),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_picture(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(id): PathId<MessageId>,
    Params(query): Params<PictureQuery>,
) -> Result<Response, Failure> {
    visible_message(&app, &actor, id).await?;
    if !pictures::is_signed(&app.secrets, id, &query.url, &query.sig) {
        return Err(Failure::NotFound("picture"));
    }
    let picture = pictures::fetch(&app, actor.workspace, &query.url).await?;
    let mut response = Body::from(picture.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type));
    for (name, value) in [
        (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Puts the pictures of the mail itself in their places (RFC 2392). A reference ends where its attribute does, so that
/// no content id can take more of the page with it than itself.
fn with_pictures(html: &str, own: &HashMap<String, AttachmentId>) -> String {
    let mut parts = html.split("cid:");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c.is_whitespace() || "\"'<>)".contains(c))
            .unwrap_or(part.len());
        let (id, rest) = part.split_at(end);
        match own.get(&content_id(&unescaped(id))) {
            Some(file) => page.extend(["/api/v1/attachments/", &file.to_string()]),
            None => page.extend(["cid:", id]),
        }
        page.push_str(rest);
    }
    page
}

/// A content id as it is compared: mail programs differ in case and in what they escape.
fn content_id(id: &str) -> String {
    let encoded = id.trim().trim_matches(['<', '>']).replace('+', "%2B");
    let decoded = url::form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map_or_else(
            || id.to_owned(),
            |(name, value)| {
                if value.is_empty() {
                    name.into_owned()
                } else {
                    id.to_owned()
                }
            },
        );
    decoded.to_lowercase()
}

/// Puts an address of ours in the place of each address of a picture that lies elsewhere.
fn with_remote_pictures(html: &str, ours: impl Fn(&str) -> String) -> String {
    let mut parts = html.split(REMOTE);
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('"') {
            Some((address, rest)) => {
                page.extend(["src=\"", &ours(&unescaped(address)), "\"", rest]);
            }
            None => page.extend([REMOTE, part]),
        }
    }
    page
}

/// What the sanitiser wrote into an attribute, as it was meant.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Busy => Self::Unavailable,
            PictureError::Store(error) => error.into(),
            PictureError::Blob(error) => error.into(),
            refused @ (PictureError::Fetch(_) | PictureError::Status(_) | PictureError::NoPicture) => {
                Self::Conflict(format!("the picture cannot be shown: it {refused}").into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_id_takes_nothing_of_the_page_but_itself() {
        let (one, two): (AttachmentId, AttachmentId) = (
            AttachmentId(uuid::Uuid::from_u128(1)),
            AttachmentId(uuid::Uuid::from_u128(2)),
        );
        let hostile = "a\"><p title=\"";
        let pictures = HashMap::from([("a", one), ("ab@c", two), (hostile, two), ("", two)]);
        let pictures = pictures
            .into_iter()
            .map(|(id, file)| (content_id(id), file))
            .collect();
        for (html, page) in [
            (
                r#"<img src="cid:a">"#,
                format!(r#"<img src="/api/v1/attachments/{one}">"#),
            ),
            (
                r#"<img src="cid:AB%40c">"#,
                format!(r#"<img src="/api/v1/attachments/{two}">"#),
            ),
            (r#"<img src="cid:abc">"#, r#"<img src="cid:abc">"#.to_owned()),
            (
                r#"<img src="cid:a"><p title=" onerror=x ">"#,
                format!(r#"<img src="/api/v1/attachments/{one}"><p title=" onerror=x ">"#),
            ),
            ("no picture", "no picture".to_owned()),
        ] {
            assert_eq!(with_pictures(html, &pictures), page);
        }
    }

    #[test]
    fn a_picture_elsewhere_becomes_one_of_ours_and_nothing_more() {
        for (html, page) in [
            (
                r#"<img data-remote-src="https://x.y/z.png?a=1&amp;b=2" alt="x">"#,
                r#"<img src="[https://x.y/z.png?a=1&b=2]" alt="x">"#,
            ),
            (
                r#"<img data-remote-src="https://x"#,
                r#"<img data-remote-src="https://x"#,
            ),
            ("<p>x</p>", "<p>x</p>"),
        ] {
            assert_eq!(with_remote_pictures(html, |url| format!("[{url}]")), page);
        }
    }
}
