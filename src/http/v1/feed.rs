//! The agents' live feed: the upgrade to a WebSocket, and who may ask for it.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::feed::agent;
use crate::feed::frame::{FeedIn, FeedOut};
use crate::http::sockets::{check_origin, sized};
use crate::http::{Failure, Problem, SignedIn};

/// The frames, which no route names as its body.
#[derive(OpenApi)]
#[openapi(components(schemas(FeedIn, FeedOut)))]
struct Frames;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Frames::openapi()).routes(routes!(follow_feed))
}

/// Follow what happens, as it happens: a WebSocket of JSON text frames, FeedIn from you and FeedOut from us
#[utoipa::path(get, path = "/feed", tag = "feed",
    responses((status = 101, description = "The protocol is WebSocket from here on"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn follow_feed(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade.map_err(|rejection| Failure::Malformed(rejection.body_text().into()))?;
    check_origin(&app, &headers)?;
    let place = app.feed.doors.seat(me.agent).ok_or(Failure::Throttled(10))?;
    let supervisor = app.supervisor.clone();
    Ok(sized(upgrade).on_upgrade(move |socket| async move {
        supervisor.run("an agent's feed", async move {
            let _place = place;
            agent::serve(app, me.actor.workspace, me.session, socket).await;
        });
    }))
}
