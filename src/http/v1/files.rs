//! Files: uploading what will be sent, and reading what came or went.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shouwen_core::id::AttachmentId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::no_account;
use super::view::{self, Attachment};
use crate::actions::files::store_upload;
use crate::app::App;
use crate::blobs::BlobError;
use crate::http::auth::{TicketNote, TicketRead};
use crate::http::problem::{Params, PathId};
use crate::http::{Can, Failure, Problem};
use crate::store::files::AttachmentRow;
use crate::store::{files, messages, tickets};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload_file))
        .routes(routes!(read_attachment))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The file's name.
    name: String,
}

/// Upload a file; the body is its bytes
#[utoipa::path(post, path = "/uploads", tag = "files", params(UploadQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn upload_file(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    Params(query): Params<UploadQuery>,
    body: Body,
) -> Result<(StatusCode, Json<Attachment>), Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    let most = app.config.http.max_upload_bytes;
    let row = store_upload(&app, &actor, agent.0, &query.name, body.into_data_stream(), most).await?;
    Ok((StatusCode::CREATED, Json(view::attachment(row))))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadQuery {
    /// 1: as a download.
    download: Option<u8>,
}

/// Read an attachment
#[utoipa::path(get, path = "/attachments/{attachment}", tag = "files", params(("attachment" = AttachmentId, Path), ReadQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn read_attachment(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(attachment): PathId<AttachmentId>,
    Params(query): Params<ReadQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let gone = || Failure::NotFound("attachment");
    let row = {
        let mut conn = app.db.read().await?;
        let row = files::find(&mut conn, actor.workspace, attachment)
            .await?
            .ok_or_else(gone)?;
        match row.message_id {
            Some(message) => {
                let message = messages::find(&mut conn, actor.workspace, message)
                    .await?
                    .ok_or_else(gone)?;
                if !tickets::is_visible(&mut conn, &actor, message.ticket_id).await? {
                    return Err(gone());
                }
            }
            None if row.uploader_id == actor.who.id() => {}
            None => return Err(gone()),
        }
        row
    };
    respond(
        &app,
        &actor,
        &row,
        query.download.is_some_and(|flag| flag > 0),
        &headers,
    )
    .await
}

/// The bytes, shown only when they are a picture that no browser runs, else as a download.
pub async fn respond(
    app: &App,
    actor: &shouwen_core::actor::Actor,
    row: &AttachmentRow,
    download: bool,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let tag = format!("\"{}\"", row.sha256);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|have| have.as_bytes() == tag.as_bytes())
    {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let pieces = app.blobs.read(actor.workspace, &row.sha256).await?;
    let shown = !download && is_picture(&row.media_type);
    let media_type = if shown {
        row.media_type.as_str()
    } else {
        "application/octet-stream"
    };
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Failure::Internal(error.into()));
    headers.insert(header::CONTENT_TYPE, value(media_type)?);
    headers.insert(header::CONTENT_LENGTH, row.size.into());
    headers.insert(
        header::CONTENT_DISPOSITION,
        value(&disposition(&row.name, shown))?,
    );
    headers.insert(header::ETAG, value(&tag)?);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=86400"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

fn is_picture(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp"
    )
}

/// RFC 6266 with the name by RFC 8187, so that no name can break the header.
fn disposition(name: &str, shown: bool) -> String {
    use std::fmt::Write;
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!(
        "{}; filename*=UTF-8''{encoded}",
        if shown { "inline" } else { "attachment" }
    )
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing => Self::NotFound("file"),
            BlobError::Unavailable(reason) => {
                tracing::error!(%reason, "the blob store is not available");
                Self::Unavailable
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_the_header() {
        let header = disposition("发票\r\n\"x\".pdf", false);
        assert_eq!(
            header,
            "attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8%0D%0A%22x%22.pdf"
        );
    }
}
