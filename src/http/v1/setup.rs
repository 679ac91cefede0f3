//! Setting up a new desk.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::{Me, me};
use super::session::{CallerDevice, with_cookie};
use super::vocabulary::Locale;
use crate::actions::setup::{self, NewDesk, SetupError};
use crate::app::App;
use crate::http::{Body, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_setup, set_up))
}

#[derive(Debug, Serialize, ToSchema)]
struct SetupState {
    /// Whether nobody works here yet.
    needed: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SetupBody {
    /// From the link that the server printed when it started.
    token: String,
    workspace_name: String,
    name: String,
    email: String,
    password: String,
    /// `en` or `zh`
    #[schema(value_type = Locale)]
    locale: String,
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Done => Self::Conflict(error.to_string().into()),
            SetupError::WrongToken => Self::Refused(error.to_string().into()),
            SetupError::WeakPassword(weak) => Self::field("password", weak.to_string()),
            SetupError::Admin(error) => error.into(),
            SetupError::Hash(error) => Self::Internal(error.into()),
            SetupError::Store(error) => error.into(),
        }
    }
}

/// Whether the desk has to be set up
#[utoipa::path(get, path = "/setup", tag = "account", responses(
    (status = 200, body = SetupState),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_setup(State(app): State<App>) -> Result<Json<SetupState>, Failure> {
    Ok(Json(SetupState {
        needed: setup::is_needed(&app).await?,
    }))
}

/// Set up the desk and its first administrator
#[utoipa::path(post, path = "/setup", tag = "account", request_body = SetupBody, responses(
    (status = 201, body = Me),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_up(
    State(app): State<App>,
    CallerDevice(device): CallerDevice,
    Body(body): Body<SetupBody>,
) -> Result<Response, Failure> {
    let desk = NewDesk {
        workspace_name: body.workspace_name,
        name: body.name,
        email: body.email,
        password: body.password,
        locale: body.locale,
    };
    let opened = setup::set_up(&app, &body.token, desk, &device).await?;
    let me = me(&app, opened.agent).await?;
    Ok(with_cookie(
        &app,
        &opened.token,
        (StatusCode::CREATED, Json(me)).into_response(),
    ))
}
