//! Calendars of business time, and the holidays at hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{CalendarId, SlaRunId};
use shouwen_core::sla::holidays::{self, Holiday, Known, Region};
use shouwen_core::sla::wall::{SpecialDay, Week};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::sla::calendars::{self as actions, CalendarForm};
use crate::actions::sla::feed::days_of;
use crate::app::App;
use crate::http::auth::{AdminSla, BoardRead};
use crate::http::page::Page;
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, CanEither, Failure, Problem};
use crate::store::sla::calendars::{self, CalendarRow, Rules};
use crate::store::sla::policies;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_calendars, create_calendar))
        .routes(routes!(list_regions))
        .routes(routes!(list_holidays))
        .routes(routes!(find_calendar, change_calendar, delete_calendar))
        .routes(routes!(import_days))
        .routes(routes!(fetch_feed))
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CalendarBody {
    pub name: String,
    /// Of the tz database, such as Asia/Shanghai.
    pub zone: String,
    pub week: Week,
    /// Dates that are not as their weekday. These win over the feed's, and those over the region's.
    #[serde(default)]
    pub days: Vec<SpecialDay>,
    /// Whose public holidays hold; days that make up for them have Monday's hours.
    pub region: Option<Region>,
    /// An iCalendar file of days off, fetched every night.
    pub feed_url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    fetched_at: Option<Timestamp>,
    /// Why it could not be fetched last; the days that were known stay.
    error: Option<String>,
    days: Vec<SpecialDay>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Calendar {
    id: CalendarId,
    version: i64,
    updated_at: Timestamp,
    /// How many policies name it.
    used_by: usize,
    feed: Option<Feed>,
    #[serde(flatten)]
    body: CalendarBody,
}

#[derive(Debug, Deserialize, ToSchema)]
struct CalendarEdit {
    /// As its editor saw it.
    version: i64,
    #[serde(flatten)]
    body: CalendarBody,
}

#[derive(Debug, Serialize, ToSchema)]
struct CalendarWithRun {
    calendar: Calendar,
    /// Null: no policy uses it.
    run_id: Option<SlaRunId>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct DaysIn {
    /// The text of an iCalendar file.
    ics: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Imported {
    calendar: Calendar,
    /// How many days were not there before.
    #[serde(rename = "imported")]
    added: usize,
    run_id: Option<SlaRunId>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct HolidayQuery {
    region: Region,
    year: i16,
}

impl CalendarBody {
    pub fn into_form(self) -> CalendarForm {
        let feed_url = self
            .feed_url
            .map(|url| url.trim().to_owned())
            .filter(|url| !url.is_empty());
        CalendarForm {
            name: self.name,
            rules: Rules {
                zone: self.zone.trim().to_owned(),
                week: self.week,
                days: self.days,
                region: self.region,
                feed_url,
            },
        }
    }
}

fn shown(row: CalendarRow, used_by: usize) -> Calendar {
    let rules = row.rules.0;
    let feed = rules.feed_url.is_some().then_some(Feed {
        fetched_at: row.feed_fetched_at,
        error: row.feed_error,
        days: row.feed_days.0,
    });
    Calendar {
        id: row.id,
        version: row.version,
        updated_at: row.updated_at,
        used_by,
        feed,
        body: CalendarBody {
            name: row.name,
            zone: rules.zone,
            week: rules.week,
            days: rules.days,
            region: rules.region,
            feed_url: rules.feed_url,
        },
    }
}

async fn all(app: &App) -> Result<Vec<Calendar>, Failure> {
    let mut conn = app.db.read().await?;
    let policies = policies::all(&mut conn, app.workspace).await?;
    let used = |id: CalendarId| {
        let mut terms = policies.iter().map(|row| &row.terms.0).collect::<Vec<_>>();
        terms.retain(|terms| terms.calendar_id == Some(id) || terms.notify_calendar_id == Some(id));
        terms.len()
    };
    let rows = calendars::all(&mut conn, app.workspace).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let used = used(row.id);
            shown(row, used)
        })
        .collect())
}

async fn find(app: &App, id: CalendarId) -> Result<Calendar, Failure> {
    let found = all(app).await?.into_iter().find(|calendar| calendar.id == id);
    found.ok_or(Failure::NotFound("calendar"))
}

/// A feed must be an address that the server may fetch from.
fn check_feed(app: &App, form: &CalendarForm) -> Result<(), Failure> {
    if let Some(url) = &form.rules.feed_url
        && let Err(error) = app.fetcher.check(url)
    {
        return Err(Failure::field("feed_url", format!("this {error}")));
    }
    Ok(())
}

/// Every calendar
#[utoipa::path(get, path = "/calendars", tag = "sla", responses(
    (status = 200, body = Page<Calendar>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_calendars(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
) -> Result<Json<Page<Calendar>>, Failure> {
    let items = all(&app).await?;
    Ok(Json(Page { items, next: None }))
}

/// One calendar
#[utoipa::path(get, path = "/calendars/{calendar}", tag = "sla", params(("calendar" = CalendarId, Path)), responses(
    (status = 200, body = Calendar),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn find_calendar(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
    PathId(id): PathId<CalendarId>,
) -> Result<Json<Calendar>, Failure> {
    Ok(Json(find(&app, id).await?))
}

/// Add a calendar
#[utoipa::path(post, path = "/calendars", tag = "sla", request_body = CalendarBody, responses(
    (status = 201, body = Calendar),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_calendar(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    Body(body): Body<CalendarBody>,
) -> Result<(StatusCode, Json<Calendar>), Failure> {
    let form = body.into_form();
    check_feed(&app, &form)?;
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Change a calendar; where a policy uses it, the open tickets are held against it
#[utoipa::path(put, path = "/calendars/{calendar}", tag = "sla", request_body = CalendarEdit,
    params(("calendar" = CalendarId, Path)), responses(
    (status = 200, body = CalendarWithRun),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_calendar(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<CalendarId>,
    Body(edit): Body<CalendarEdit>,
) -> Result<Json<CalendarWithRun>, Failure> {
    let form = edit.body.into_form();
    check_feed(&app, &form)?;
    let run_id = app
        .change(&actor, (id, edit.version, form), |change, (id, version, form)| {
            actions::update(change, *id, *version, form).boxed()
        })
        .await?;
    let calendar = find(&app, id).await?;
    Ok(Json(CalendarWithRun { calendar, run_id }))
}

/// Delete a calendar that no policy uses
#[utoipa::path(delete, path = "/calendars/{calendar}", tag = "sla", params(("calendar" = CalendarId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_calendar(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<CalendarId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::delete(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add the days off of an iCalendar file; dates that are set already stay as they are
#[utoipa::path(post, path = "/calendars/{calendar}/import", tag = "sla", request_body = DaysIn,
    params(("calendar" = CalendarId, Path)), responses(
    (status = 200, body = Imported),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn import_days(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<CalendarId>,
    Body(body): Body<DaysIn>,
) -> Result<Json<Imported>, Failure> {
    let days = days_of(&body.ics, app.now()).map_err(|wrong| Failure::field("ics", wrong))?;
    let (added, run_id) = app
        .change(&actor, (id, days), |change, (id, days)| {
            actions::import(change, *id, days).boxed()
        })
        .await?;
    let calendar = find(&app, id).await?;
    Ok(Json(Imported {
        calendar,
        added,
        run_id,
    }))
}

/// Fetch the calendar's feed soon
#[utoipa::path(post, path = "/calendars/{calendar}/fetch", tag = "sla", params(("calendar" = CalendarId, Path)), responses(
    (status = 202),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn fetch_feed(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<CalendarId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::refresh(change, *id).boxed())
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Whose public holidays are at hand, and from where
#[utoipa::path(get, path = "/calendars/regions", tag = "sla", responses(
    (status = 200, body = Vec<Known>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_regions(_: CanEither<BoardRead, AdminSla>) -> Json<Vec<Known>> {
    Json(
        Region::ALL
            .iter()
            .map(|region| holidays::known(*region))
            .collect(),
    )
}

/// The public holidays of a year, with the days on which people work for them; none of a year that is not known
#[utoipa::path(get, path = "/calendars/holidays", tag = "sla", params(HolidayQuery), responses(
    (status = 200, body = Vec<Holiday>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_holidays(
    _: CanEither<BoardRead, AdminSla>,
    Params(query): Params<HolidayQuery>,
) -> Json<Vec<Holiday>> {
    Json(holidays::of_year(query.region, query.year))
}
