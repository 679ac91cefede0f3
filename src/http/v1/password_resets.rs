//! Choosing a password by a link in a mail.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shouwen_core::fault::Fault;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::password_resets::{self, ResetError};
use crate::app::App;
use crate::http::client_ip::ClientIp;
use crate::http::{Body, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(confirm))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ResetRequest {
    email: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewPassword {
    /// From the link in the mail.
    token: String,
    password: String,
}

impl From<ResetError> for Failure {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::NoSuchLink => Self::field("token", Fault::LinkSpent),
            ResetError::Weak(weak) => Self::field("password", weak),
            ResetError::Hash(error) => Self::Internal(error.into()),
            ResetError::Store(error) => error.into(),
        }
    }
}

/// Ask for a link to choose a new password. The answer never tells whether anybody has the address
#[utoipa::path(post, path = "/password-resets", tag = "account", request_body = ResetRequest, responses(
    (status = 202),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn ask(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Body(body): Body<ResetRequest>,
) -> Result<StatusCode, Failure> {
    password_resets::ask(&app, &body.email, ip).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Choose a password with the link of a reset or an invitation
#[utoipa::path(post, path = "/password-resets/confirm", tag = "account", request_body = NewPassword, responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn confirm(State(app): State<App>, Body(body): Body<NewPassword>) -> Result<StatusCode, Failure> {
    password_resets::confirm(&app, &body.token, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
