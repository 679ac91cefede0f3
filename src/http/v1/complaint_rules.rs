//! What holds for complaints: categories, grading, and what each grade demands.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::complaint::{Ceiling, Grade, GradeRule, GradingPolicy};
use shouwen_core::fault::Fault;
use shouwen_core::id::{ComplaintCategoryId, RoleId, WorkspaceId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::case_view::ComplaintCategory;
use super::cases::given;
use crate::actions::complaints::rules::{self, CategoryForm, RoleCeiling};
use crate::app::App;
use crate::http::auth::{AdminComplaints, ComplaintEdit};
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_categories, create_category))
        .routes(routes!(change_category))
        .routes(routes!(show_grades))
        .routes(routes!(set_grading))
        .routes(routes!(set_grade))
        .routes(routes!(set_ceilings))
}

/// Every category of complaints, archived ones too
#[utoipa::path(get, path = "/complaint-categories", tag = "complaints", responses(
    (status = 200, body = Page<ComplaintCategory>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_categories(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
) -> Result<Json<Page<ComplaintCategory>>, Failure> {
    let all = rules::categories(&mut app.db.read().await?, actor.workspace).await?;
    let items = all.into_iter().map(Into::into).collect();
    Ok(Json(Page { items, next: None }))
}

async fn find(
    app: &App,
    workspace: WorkspaceId,
    id: ComplaintCategoryId,
) -> Result<Json<ComplaintCategory>, Failure> {
    let all = rules::categories(&mut app.db.read().await?, workspace).await?;
    let found = all.into_iter().find(|row| row.id == id);
    Ok(Json(found.ok_or(Failure::NotFound("category"))?.into()))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CategoryIn {
    parent_id: Option<ComplaintCategoryId>,
    name: String,
}

/// Add a category
#[utoipa::path(post, path = "/complaint-categories", tag = "complaints", request_body = CategoryIn, responses(
    (status = 201, body = ComplaintCategory),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_category(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    Body(body): Body<CategoryIn>,
) -> Result<(StatusCode, Json<ComplaintCategory>), Failure> {
    let form = CategoryForm {
        parent_id: Some(body.parent_id),
        name: Some(body.name),
        ..CategoryForm::default()
    };
    let id = app
        .change(&actor, form, |change, form| {
            rules::create_category(change, form).boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, find(&app, actor.workspace, id).await?))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CategoryEdit {
    /// Left out: stays. `null`: to the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ComplaintCategoryId>)]
    parent_id: Option<Option<ComplaintCategoryId>>,
    /// Empty gives a built-in category its own name again.
    name: Option<String>,
    archived: Option<bool>,
    position: Option<i64>,
}

/// Rename, move or put away a category
#[utoipa::path(patch, path = "/complaint-categories/{category}", tag = "complaints", request_body = CategoryEdit,
    params(("category" = ComplaintCategoryId, Path)), responses(
    (status = 200, body = ComplaintCategory),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_category(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    PathId(id): PathId<ComplaintCategoryId>,
    Body(body): Body<CategoryEdit>,
) -> Result<Json<ComplaintCategory>, Failure> {
    let form = CategoryForm {
        parent_id: body.parent_id,
        name: body.name,
        archived: body.archived,
        position: body.position,
    };
    app.change(&actor, (id, form), |change, (id, form)| {
        rules::update_category(change, *id, form).boxed()
    })
    .await?;
    find(&app, actor.workspace, id).await
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Grades {
    pub grading: GradingPolicy,
    /// The gravest first.
    pub rules: Vec<RuleOfGrade>,
    pub ceilings: Vec<CeilingOfRole>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOfGrade {
    pub grade: Grade,
    #[serde(flatten)]
    pub rule: GradeRule,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CeilingOfRole {
    pub role_id: RoleId,
    pub grade: Grade,
    /// In the smallest unit of the policy's currency; `null`: as much as there is.
    pub refund: Option<i64>,
    pub compensation: Option<i64>,
}

/// How complaints are graded, and what each grade demands
#[utoipa::path(get, path = "/grades", tag = "complaints", responses(
    (status = 200, body = Grades),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_grades(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
) -> Result<Json<Grades>, Failure> {
    grades(&app, actor.workspace).await
}

async fn grades(app: &App, workspace: WorkspaceId) -> Result<Json<Grades>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let all = rules::all_rules(&mut conn, workspace).await?;
    let ceilings = rules::all_ceilings(&mut conn, workspace).await?;
    Ok(Json(Grades {
        grading: rules::policy(&mut conn, workspace).await?,
        rules: all
            .into_iter()
            .map(|(grade, rule)| RuleOfGrade { grade, rule })
            .collect(),
        ceilings: ceilings
            .into_iter()
            .map(|row| CeilingOfRole {
                role_id: row.role_id,
                grade: row.grade,
                refund: row.refund,
                compensation: row.compensation,
            })
            .collect(),
    }))
}

/// Change how complaints are graded: the matrix, thresholds, high tiers
#[utoipa::path(put, path = "/grades", tag = "complaints", request_body = GradingPolicy, responses(
    (status = 200, body = Grades),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_grading(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    Body(policy): Body<GradingPolicy>,
) -> Result<Json<Grades>, Failure> {
    app.change(&actor, policy, |change, policy| {
        rules::save_policy(change, policy).boxed()
    })
    .await?;
    grades(&app, actor.workspace).await
}

/// Change what a grade demands
#[utoipa::path(put, path = "/grades/{grade}", tag = "complaints", request_body = GradeRule,
    params(("grade" = Grade, Path)), responses(
    (status = 200, body = Grades),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_grade(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    PathId(grade): PathId<Grade>,
    Body(rule): Body<GradeRule>,
) -> Result<Json<Grades>, Failure> {
    app.change(&actor, (grade, rule), |change, (grade, rule)| {
        rules::save_rule(change, *grade, rule).boxed()
    })
    .await?;
    grades(&app, actor.workspace).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CeilingsIn {
    ceilings: Vec<CeilingIn>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CeilingIn {
    role_id: RoleId,
    /// In the smallest unit of the policy's currency. `null`: no ceiling. 0: always asks.
    refund: Option<i64>,
    compensation: Option<i64>,
}

/// Roles whose ceilings change at once.
const MOST_CEILINGS: usize = 200;

/// Change what roles may give in a grade without asking; roles that are left out stay as they are
#[utoipa::path(put, path = "/grades/{grade}/ceilings", tag = "complaints", request_body = CeilingsIn,
    params(("grade" = Grade, Path)), responses(
    (status = 200, body = Grades),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_ceilings(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    PathId(grade): PathId<Grade>,
    Body(body): Body<CeilingsIn>,
) -> Result<Json<Grades>, Failure> {
    if body.ceilings.len() > MOST_CEILINGS {
        return Err(Failure::field("ceilings", Fault::TooMany { most: MOST_CEILINGS }));
    }
    let ceilings: Vec<RoleCeiling> = body
        .ceilings
        .iter()
        .map(|row| RoleCeiling {
            role: row.role_id,
            ceiling: Ceiling {
                refund: row.refund,
                compensation: row.compensation,
            },
        })
        .collect();
    app.change(&actor, (grade, ceilings), |change, (grade, ceilings)| {
        rules::save_ceilings(change, *grade, ceilings).boxed()
    })
    .await?;
    grades(&app, actor.workspace).await
}
