//! The demo's own pages: the mail catcher with "answer as the customer", and the shop that carries the widget.

mod answer;
mod text;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use shouwen_channels::email::{Mail, parse};
use shouwen_core::time::{Clock, Timestamp};

use super::catcher::{Catcher, Caught};
use super::plan::escape;
use super::staff::WIDGET_KEY;
use crate::http::assets;
use text::{Text, text};

/// What the pages are made from.
#[derive(Clone)]
pub struct Demo {
    pub catcher: Catcher,
    pub clock: Arc<dyn Clock>,
    /// Where the desk takes mail, once it does.
    pub smtp: Arc<OnceLock<SocketAddr>>,
}

const STYLE: &str = include_str!("mail.css");
/// Nothing runs here, and nothing is fetched but the style.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
    /// What came of an answer: sent, or refused.
    answer: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

pub fn routes<S: Clone + Send + Sync + 'static>(demo: Demo) -> Router<S> {
    Router::new()
        .route("/demo", get(|| async { Redirect::temporary("/demo/mail") }))
        .route("/demo/mail", get(list))
        .route("/demo/mail.css", get(style))
        .route("/demo/mail/{id}", get(show))
        .route("/demo/mail/{id}/answer", post(answer_mail))
        .route("/demo/shop", get(shop))
        .with_state(demo)
}

async fn list(State(demo): State<Demo>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let text = text(asked.lang.as_deref(), &headers);
    let now = demo.clock.now();
    let rows: String = demo
        .catcher
        .all()
        .iter()
        .map(|mail| row(mail, now, text))
        .collect();
    let body = if rows.is_empty() {
        format!("<p class=\"empty\">{}</p>", text.empty)
    } else {
        format!("<ul class=\"mails\">{rows}</ul>")
    };
    page(
        text,
        text.mails,
        &format!("<p class=\"lead\">{}</p>{body}", text.lead),
    )
}

fn row(caught: &Caught, now: Timestamp, text: &Text) -> String {
    let mail = parse(&caught.raw);
    format!(
        "<li><a href=\"/demo/mail/{}?lang={}\"><span class=\"to\">{}</span><span class=\"subject\">{}</span>\
         <span class=\"start\">{}</span><time>{}</time></a></li>",
        caught.id,
        text.lang,
        escape(&caught.recipients.join(", ")),
        escape(subject(&mail, text)),
        escape(&mail.reply.chars().take(90).collect::<String>()),
        escape(&text.ago(now.since(caught.at))),
    )
}

async fn show(
    State(demo): State<Demo>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let text = text(asked.lang.as_deref(), &headers);
    let Some(caught) = demo.catcher.find(&id) else {
        return (StatusCode::NOT_FOUND, page(text, text.gone, "")).into_response();
    };
    let mail = parse(&caught.raw);
    let from = mail
        .from
        .iter()
        .map(|from| from.address.clone())
        .collect::<Vec<_>>()
        .join(", ");
    let notice = match asked.answer.as_deref() {
        Some("sent") => format!("<p class=\"notice\" role=\"status\">{}</p>", text.sent),
        Some(_) => format!("<p class=\"notice wrong\" role=\"alert\">{}</p>", text.refused),
        None => String::new(),
    };
    let body = format!(
        "<p><a href=\"/demo/mail?lang={lang}\">← {all}</a></p>{notice}\
         <dl><dt>{from_word}</dt><dd>{from}</dd><dt>{to_word}</dt><dd>{to}</dd></dl>\
         <pre class=\"text\">{content}</pre>{files}\
         <form method=\"post\" action=\"/demo/mail/{id}/answer?lang={lang}\"><label for=\"text\">{answer_as}</label>\
         <textarea id=\"text\" name=\"text\" rows=\"5\" required maxlength=\"20000\"></textarea>\
         <button>{send}</button></form>\
         <details><summary>{headers}</summary><pre>{raw}</pre></details>",
        lang = text.lang,
        all = text.mails,
        from_word = text.from,
        from = escape(&from),
        to_word = text.to,
        to = escape(&caught.recipients.join(", ")),
        content = escape(&mail.text),
        files = files(&mail, text),
        id = caught.id,
        answer_as = escape(&text.answer_as(caught.recipients.first().map_or("", String::as_str))),
        send = text.send,
        headers = text.headers,
        raw = escape(&head(&caught.raw)),
    );
    page(text, subject(&mail, text), &body).into_response()
}

fn files(mail: &Mail, text: &Text) -> String {
    let names: Vec<String> = mail
        .attachments
        .iter()
        .map(|file| escape(file.name.as_deref().unwrap_or(&file.media_type)))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!("<p class=\"files\">{}: {}</p>", text.files, names.join(", "))
}

async fn answer_mail(
    State(demo): State<Demo>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Response {
    let lang = text(asked.lang.as_deref(), &headers).lang;
    let Some(caught) = demo.catcher.find(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let fate = match answer::send(&demo, &caught, &answer.text).await {
        Ok(()) => "sent",
        Err(error) => {
            tracing::warn!(%error, "the answer of a demo customer was not taken");
            "refused"
        }
    };
    Redirect::to(&format!("/demo/mail/{id}?lang={lang}&answer={fate}")).into_response()
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// The shop of the widget's own sources, with the key of the demo's chat inbox.
async fn shop() -> Response {
    match assets::widget_page("demo-shop.html") {
        Some(page) => {
            Html(String::from_utf8_lossy(&page).replace("{{WIDGET_KEY}}", WIDGET_KEY)).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            "The widget is not built: run `make web`, then start the demo again.",
        )
            .into_response(),
    }
}

fn page(text: &Text, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · Lamp &amp; Tea</title>\
         <link rel=\"stylesheet\" href=\"/demo/mail.css\"></head><body>\
         <header><strong>{catcher}</strong><nav><a href=\"/\">{inbox}</a><a href=\"/demo/shop?lang={lang}\">{shop}</a>\
         <a href=\"?lang=en\" lang=\"en\">English</a><a href=\"?lang=zh\" lang=\"zh\">中文</a></nav></header>\
         <main><h1>{title}</h1>{body}</main></body></html>",
        lang = text.lang,
        title = escape(title),
        catcher = text.catcher,
        inbox = text.inbox,
        shop = text.shop,
    );
    let mut response = Html(html).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn subject<'a>(mail: &'a Mail, text: &Text) -> &'a str {
    if mail.subject.is_empty() {
        text.no_subject
    } else {
        &mail.subject
    }
}

/// The headers as they went over the wire.
fn head(raw: &[u8]) -> String {
    let end = raw
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or(raw.len());
    String::from_utf8_lossy(&raw[..end]).into_owned()
}
