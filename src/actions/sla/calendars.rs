//! Calendars: written by hand, filled from files and feeds. Each change starts a run where a policy uses them.

use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{CalendarId, SlaRunId};
use shouwen_core::sla::wall::SpecialDay;
use shouwen_core::time::Timestamp;

use super::book;
use super::policies::begin;
use super::runs;
use crate::actions::administration::{self, AdminError, Result};
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::sla::calendars::{self, CalendarRow, Rules};
use crate::store::sla::policies;

const MOST: usize = 100;
const MOST_DAYS: usize = 2000;
const MOST_INTERVALS: usize = 12;
/// The job that fetches a calendar's feed.
const FETCH: &str = "fetch_calendar";

#[derive(Debug, Clone)]
pub struct CalendarForm {
    pub name: String,
    pub rules: Rules,
}

pub async fn create(change: &mut Change, form: &CalendarForm) -> Result<CalendarId> {
    let (workspace, now) = (change.workspace(), change.now());
    begin(change).await?;
    let all = calendars::all(change.tx(), workspace).await?;
    if all.len() >= MOST {
        return Err(AdminError::Conflict(Fault::CalendarsFull));
    }
    let row = CalendarRow {
        id: change.next_id(),
        version: 1,
        name: unique_name(&all, None, &form.name)?,
        rules: JsonText(checked(&form.rules, now)?),
        feed_days: JsonText(Vec::new()),
        feed_fetched_at: None,
        feed_error: None,
        updated_at: now,
    };
    calendars::add(change.tx(), workspace, &row).await?;
    if row.rules.0.feed_url.is_some() {
        fetch_soon(change, row.id);
    }
    told(change);
    Ok(row.id)
}

/// Changes a calendar, which was at `version` when its editor saw it; the run that follows where a policy uses it.
pub async fn update(
    change: &mut Change,
    id: CalendarId,
    version: i64,
    form: &CalendarForm,
) -> Result<Option<SlaRunId>> {
    let (workspace, now) = (change.workspace(), change.now());
    begin(change).await?;
    let all = calendars::all(change.tx(), workspace).await?;
    let before = all
        .iter()
        .find(|row| row.id == id)
        .ok_or(AdminError::NotFound("calendar"))?;
    if before.version != version {
        return Err(AdminError::Conflict(Fault::CalendarChanged));
    }
    let rules = checked(&form.rules, now)?;
    let other_feed = rules.feed_url != before.rules.0.feed_url;
    let mut row = CalendarRow {
        name: unique_name(&all, Some(id), &form.name)?,
        rules: JsonText(rules),
        ..before.clone()
    };
    if other_feed {
        (row.feed_days, row.feed_fetched_at, row.feed_error) = (JsonText(Vec::new()), None, None);
    }
    if other_feed && row.rules.0.feed_url.is_some() {
        fetch_soon(change, id);
    }
    save(change, row).await
}

/// Adds days off to those set by hand; days that are there already stay as they are. How many are new.
pub async fn import(
    change: &mut Change,
    id: CalendarId,
    days: &[SpecialDay],
) -> Result<(usize, Option<SlaRunId>)> {
    let workspace = change.workspace();
    begin(change).await?;
    let row = calendars::find(change.tx(), workspace, id).await?;
    let mut row = row.ok_or(AdminError::NotFound("calendar"))?;
    let before = row.rules.0.days.len();
    for day in days {
        if !row.rules.0.days.iter().any(|known| known.date == day.date) {
            row.rules.0.days.push(day.clone());
        }
    }
    row.rules.0.days.sort_by_key(|day| day.date);
    let added = row.rules.0.days.len() - before;
    if row.rules.0.days.len() > MOST_DAYS {
        return administration::wrong("ics", Fault::TooManyDays);
    }
    Ok((added, save(change, row).await?))
}

/// Writes what a feed said, or what went wrong: then the days that are known stay.
pub async fn fetched(
    change: &mut Change,
    id: CalendarId,
    url: &str,
    result: &std::result::Result<Vec<SpecialDay>, String>,
) -> Result<()> {
    let (workspace, now) = (change.workspace(), change.now());
    begin(change).await?;
    let Some(mut row) = calendars::find(change.tx(), workspace, id).await? else {
        return Ok(());
    };
    if row.rules.0.feed_url.as_deref() != Some(url) {
        return Ok(());
    }
    match result {
        Ok(days) if row.feed_days.0 == *days => {
            (row.feed_fetched_at, row.feed_error) = (Some(now), None);
            calendars::save(change.tx(), workspace, &row).await?;
        }
        Ok(days) => {
            (row.feed_days, row.feed_fetched_at, row.feed_error) = (JsonText(days.clone()), Some(now), None);
            save(change, row).await?;
        }
        Err(error) => {
            row.feed_error = Some(error.clone());
            calendars::save(change.tx(), workspace, &row).await?;
        }
    }
    told(change);
    Ok(())
}

pub async fn delete(change: &mut Change, id: CalendarId) -> Result<()> {
    let workspace = change.workspace();
    begin(change).await?;
    let found = calendars::find(change.tx(), workspace, id).await?;
    found.ok_or(AdminError::NotFound("calendar"))?;
    if is_used(change, id).await? {
        return Err(AdminError::Conflict(Fault::CalendarUsed));
    }
    calendars::remove(change.tx(), workspace, id).await?;
    told(change);
    Ok(())
}

/// Fetches the calendar's feed soon.
pub async fn refresh(change: &mut Change, id: CalendarId) -> Result<()> {
    let workspace = change.workspace();
    let found = calendars::find(change.tx(), workspace, id).await?;
    let row = found.ok_or(AdminError::NotFound("calendar"))?;
    if row.rules.0.feed_url.is_none() {
        return Err(AdminError::Conflict(Fault::NoFeed));
    }
    fetch_soon(change, id);
    Ok(())
}

/// Fetches again the feeds that were fetched last before an instant.
pub async fn refresh_old(change: &mut Change, before: Timestamp) -> std::result::Result<(), Error> {
    let workspace = change.workspace();
    for row in calendars::all(change.tx(), workspace).await? {
        let old = row.feed_fetched_at.is_none_or(|at| at <= before);
        if old && row.rules.0.feed_url.is_some() {
            fetch_soon(change, row.id);
        }
    }
    Ok(())
}

async fn save(change: &mut Change, mut row: CalendarRow) -> Result<Option<SlaRunId>> {
    let (workspace, now) = (change.workspace(), change.now());
    row.version += 1;
    row.updated_at = now;
    calendars::save(change.tx(), workspace, &row).await?;
    told(change);
    if !is_used(change, row.id).await? {
        return Ok(None);
    }
    Ok(Some(runs::start(change).await?))
}

async fn is_used(change: &mut Change, id: CalendarId) -> Result<bool> {
    let workspace = change.workspace();
    let policies = policies::all(change.tx(), workspace).await?;
    Ok(policies.iter().any(|row| {
        let terms = &row.terms.0;
        terms.calendar_id == Some(id) || terms.notify_calendar_id == Some(id)
    }))
}

fn told(change: &mut Change) {
    change.record_general(Event::ReferenceChanged {
        what: Reference::Calendars,
    });
}

fn fetch_soon(change: &mut Change, id: CalendarId) {
    let now = change.now();
    change.enqueue(FETCH, &serde_json::json!({ "calendar": id }), now);
}

/// Rules that can be kept: a zone that exists, and no more hours and days than anybody has.
pub fn checked(rules: &Rules, now: Timestamp) -> Result<Rules> {
    let rules = rules.clone();
    if rules.days.len() > MOST_DAYS {
        return administration::wrong("days", Fault::TooManyDays);
    }
    if rules.week.days().iter().any(|day| day.len() > MOST_INTERVALS) {
        return administration::wrong("week", Fault::IntervalsFull);
    }
    if rules
        .days
        .iter()
        .any(|day| day.hours.len() > MOST_INTERVALS || day.name.chars().count() > 200)
    {
        return administration::wrong("days", Fault::DayWrong);
    }
    if rules
        .feed_url
        .as_ref()
        .is_some_and(|url| url.chars().count() > 2000)
    {
        return administration::wrong("feed_url", Fault::TooLong { most: 2000 });
    }
    if book::build(&rules, &[], now).is_none() {
        return administration::wrong("zone", Fault::NotAZone);
    }
    Ok(rules)
}

fn unique_name(all: &[CalendarRow], own: Option<CalendarId>, name: &str) -> Result<String> {
    let name = administration::name("name", name, 80)?;
    let taken = all
        .iter()
        .any(|row| Some(row.id) != own && administration::same_name(&row.name, &name));
    if taken {
        return Err(AdminError::Conflict(Fault::NameTaken));
    }
    Ok(name)
}
