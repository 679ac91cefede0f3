//! All routes with their document: what is served and what is described come from one place.

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

#[derive(OpenApi)]
#[openapi(info(
    title = "Shouwen",
    version = "1",
    description = "The API of the desk. Errors are RFC 9457 problems."
))]
struct Doc;

/// The router, and the OpenAPI document of all its routes.
pub fn build(app: App) -> (Router, Document) {
    let (router, document) = OpenApiRouter::with_openapi(Doc::openapi())
        .nest("/api/v1", v1())
        .split_for_parts();
    (router.with_state(app), document)
}

fn v1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
