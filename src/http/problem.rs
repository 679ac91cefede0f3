//! Errors as RFC 9457 problem details, and JSON bodies whose faults are explained.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shouwen_core::actor::Permission;
use shouwen_core::fault::{Fault, FaultCode, FaultParams};
use utoipa::ToSchema;

use crate::actions::edits::Conflict;
use crate::db;

/// The body of every error response.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem, such as `/problems/conflict`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The same for programs.
    pub code: FaultCode,
    /// What stands in the sentence besides its words.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub params: FaultParams,
    /// For a wrong body: which fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// For a conflict of edits: the fields, with what they hold now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Conflict>)]
    pub conflicts: Option<serde_json::Value>,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
}

tokio::task_local! {
    /// The id of the request that this task answers.
    pub(super) static REQUEST_ID: String;
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// RFC 6901 pointer into the body, such as `/email`.
    pub pointer: String,
    pub detail: String,
    pub code: FaultCode,
    /// What stands in the sentence besides its words.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub params: FaultParams,
}

impl FieldError {
    pub fn new(pointer: String, fault: &Fault) -> Self {
        Self {
            pointer,
            detail: fault.to_string(),
            code: fault.code(),
            params: fault.params(),
        }
    }
}

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.fault())]
pub enum Failure {
    Unauthenticated,
    WrongPassword,
    Forbidden(Permission),
    Refused(Fault),
    NotFound(&'static str),
    NoSuchPath,
    WrongMethod,
    Invalid(Vec<FieldError>),
    Malformed(Fault),
    Conflict(Fault),
    EditConflict(serde_json::Value),
    NewMessages,
    /// A complaint's grade does not allow a macro: a sentence that says why.
    MacroForbidden(String),
    KeyReused,
    /// How many bytes are taken.
    TooLarge(usize),
    UnsupportedType(String),
    Throttled(u64),
    Unavailable,
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// One wrong field of the body; `field` without its slash.
    pub fn field(field: &str, fault: impl Into<Fault>) -> Self {
        Self::Invalid(vec![FieldError::new(format!("/{field}"), &fault.into())])
    }

    /// What people are told of it.
    fn fault(&self) -> Fault {
        match self {
            Self::Unauthenticated => Fault::Unauthenticated,
            Self::WrongPassword => Fault::WrongPassword,
            Self::Forbidden(permission) => Fault::Forbidden {
                permission: permission.to_string(),
            },
            Self::NotFound(what) => Fault::NotFound {
                what: (*what).to_owned(),
            },
            Self::NoSuchPath => Fault::NoSuchPath,
            Self::WrongMethod => Fault::WrongMethod,
            Self::Invalid(_) => Fault::Invalid,
            Self::Conflict(fault) | Self::Refused(fault) | Self::Malformed(fault) => fault.clone(),
            Self::EditConflict(_) => Fault::EditConflict,
            Self::NewMessages => Fault::NewMessages,
            Self::KeyReused => Fault::KeyReused,
            Self::TooLarge(bytes) => Fault::TooLarge { bytes: *bytes },
            Self::MacroForbidden(words) | Self::UnsupportedType(words) => words.clone().into(),
            Self::Throttled(seconds) => Fault::Throttled { seconds: *seconds },
            Self::Unavailable => Fault::Unavailable,
            Self::Internal(_) => Fault::Internal,
        }
    }

    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "/problems/unauthenticated",
                "Not signed in",
            ),
            Self::WrongPassword => (
                StatusCode::UNAUTHORIZED,
                "/problems/wrong-password",
                "Not signed in",
            ),
            Self::Forbidden(_) | Self::Refused(_) => {
                (StatusCode::FORBIDDEN, "/problems/forbidden", "Not allowed")
            }
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "/problems/wrong-method",
                "Wrong method",
            ),
            Self::NoSuchPath | Self::NotFound(_) => {
                (StatusCode::NOT_FOUND, "/problems/not-found", "Not found")
            }
            Self::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/invalid",
                "Wrong request",
            ),
            Self::Malformed(_) => (
                StatusCode::BAD_REQUEST,
                "/problems/malformed",
                "Malformed request",
            ),
            Self::Conflict(_) => (StatusCode::CONFLICT, "/problems/conflict", "Conflict"),
            Self::EditConflict(_) => (
                StatusCode::CONFLICT,
                "/problems/edit-conflict",
                "Changed by somebody else",
            ),
            Self::NewMessages => (StatusCode::CONFLICT, "/problems/new-messages", "New messages"),
            Self::MacroForbidden(_) => (
                StatusCode::CONFLICT,
                "/problems/macro-forbidden",
                "Not in this complaint",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/key-reused",
                "Key used before",
            ),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "/problems/too-large", "Too large"),
            Self::UnsupportedType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "/problems/unsupported-type",
                "Unsupported type",
            ),
            Self::Throttled(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "/problems/throttled",
                "Too many attempts",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "/problems/unavailable",
                "Not available",
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "/problems/internal",
                "Internal error",
            ),
        }
    }

    /// The problem's body.
    pub fn problem(self) -> Problem {
        let ((status, kind, title), fault) = (self.parts(), self.fault());
        let (mut errors, mut conflicts) = (Vec::new(), None);
        match self {
            Self::Invalid(wrong) => errors = wrong,
            Self::EditConflict(fields) => conflicts = Some(fields),
            _ => {}
        }
        Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: fault.to_string(),
            code: fault.code(),
            params: fault.params(),
            errors,
            conflicts,
            request_id: REQUEST_ID.try_with(Clone::clone).ok(),
        }
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Conflict(_) => Self::Conflict(Fault::OneLikeThis),
            db::Error::Unavailable(reason) => {
                tracing::error!(%reason, "the database is not available");
                Self::Unavailable
            }
            db::Error::Other(_) => Self::Internal(error.into()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::Internal(source) = &self {
            tracing::error!(error = %source, "request failed");
        }
        let retry_after = match self {
            Self::Throttled(seconds) => Some(seconds),
            Self::Unavailable => Some(5),
            _ => None,
        };
        let status = self.parts().0;
        let mut response = (status, Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A JSON body; what is wrong with it becomes a problem. U+0000 in any text is removed: no store keeps it.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let Json(mut value) = Json::<serde_json::Value>::from_request(request, state)
            .await
            .map_err(explain)?;
        remove_nul(&mut value);
        read_value(value, "").map(Body)
    }
}

/// Reads `value` as `T`; what is wrong is told with its pointer, below `prefix`.
pub fn read_value<T: DeserializeOwned>(value: serde_json::Value, prefix: &str) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let detail = error.inner().to_string();
        let mut pointer = error
            .path()
            .iter()
            .fold(prefix.to_owned(), |pointer, part| pointer + &pointer_part(part));
        if let Some(field) = missing_field(&detail) {
            pointer = format!("{pointer}/{field}");
        }
        Failure::Invalid(vec![FieldError::new(pointer, &detail.into())])
    })
}

/// serde points at the object that lacks a field; we point at the field.
fn missing_field(detail: &str) -> Option<&str> {
    detail.strip_prefix("missing field `")?.split('`').next()
}

/// One step of an RFC 6901 pointer.
fn pointer_part(part: &serde_path_to_error::Segment) -> String {
    match part {
        serde_path_to_error::Segment::Map { key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        serde_path_to_error::Segment::Seq { index } => format!("/{index}"),
        serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => String::new(),
    }
}

fn explain(rejection: JsonRejection) -> Failure {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            Failure::UnsupportedType("send the body as application/json".to_owned())
        }
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::TooLarge(super::layers::BODY_LIMIT)
        }
        other => Failure::Malformed(other.body_text().into()),
    }
}

fn remove_nul(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if text.contains('\0') => text.retain(|c| c != '\0'),
        serde_json::Value::Array(items) => items.iter_mut().for_each(remove_nul),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(remove_nul),
        _ => {}
    }
}

/// Query parameters; what is wrong with them becomes a problem. U+0000 is removed, as from bodies.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> axum::extract::FromRequestParts<S> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut http::request::Parts, state: &S) -> Result<Self, Failure> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            let clean = parts.uri.to_string().replace("%00", "");
            parts.uri = clean.parse().unwrap_or_default();
        }
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|found| Self(found.0))
            .map_err(|error| Failure::Malformed(error.body_text().into()))
    }
}

/// A part of the path that is an id; one that cannot be an id is a thing that does not exist.
#[derive(Debug)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> axum::extract::FromRequestParts<S> for PathId<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut http::request::Parts, state: &S) -> Result<Self, Failure> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|found| Self(found.0))
            .map_err(|_| Failure::NotFound("thing"))
    }
}
