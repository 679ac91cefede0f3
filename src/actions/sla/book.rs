//! The book of policies and calendars of a workspace, kept in memory for as long as its stamp holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use shouwen_core::id::{SlaPolicyId, WorkspaceId};
use shouwen_core::sla::holidays;
use shouwen_core::sla::policy::{Aspect, Policy};
use shouwen_core::sla::wall::SpecialDay;
use shouwen_core::sla::{Book, Calendar};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result};
use crate::store::sla::calendars::{self, CalendarRow, Rules};
use crate::store::sla::policies::{self, PolicyRow};

/// How many years before and after a year its holidays are laid out for.
const YEARS_BACK: i16 = 2;
const YEARS_AHEAD: i16 = 5;

/// The books in memory. Cheap to clone.
#[derive(Clone, Default)]
pub struct Books(Arc<Mutex<HashMap<WorkspaceId, Known>>>);

#[derive(Clone)]
struct Known {
    stamp: Uuid,
    /// Holidays were laid out around this year.
    year: i16,
    book: Arc<Book>,
}

impl Books {
    /// The book that has this stamp.
    pub async fn of(
        &self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        stamp: Uuid,
        now: Timestamp,
    ) -> Result<Arc<Book>> {
        let year = year_of(now);
        if let Some(known) = self.known(workspace)
            && known.stamp == stamp
            && known.year == year
        {
            return Ok(known.book);
        }
        let book = Arc::new(read(conn, workspace, now).await?);
        let known = Known {
            stamp,
            year,
            book: book.clone(),
        };
        self.lock().insert(workspace, known);
        Ok(book)
    }

    /// Whether a policy may look at what the desk knows of a customer, as far as this server has read.
    pub fn look_at_customers(&self, workspace: WorkspaceId) -> bool {
        self.known(workspace)
            .is_none_or(|known| known.book.looks_at(Aspect::Tier) || known.book.looks_at(Aspect::Language))
    }

    fn known(&self, workspace: WorkspaceId) -> Option<Known> {
        self.lock().get(&workspace).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, Known>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The book as it stands in the rows.
pub async fn read(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> Result<Book> {
    let rows = policies::all(conn, workspace).await?;
    let mut book = Book {
        policies: rows.iter().map(policy).collect(),
        calendars: HashMap::new(),
    };
    for row in calendars::all(conn, workspace).await? {
        if let Some(calendar) = calendar(&row, now) {
            book.calendars.insert(row.id, calendar);
        }
    }
    Ok(book)
}

pub fn policy(row: &PolicyRow) -> Policy {
    Policy {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        terms: row.terms.0.clone(),
    }
}

/// The policy of a ticket that is over, in the version that it had.
pub async fn pinned(
    conn: &mut Conn,
    workspace: WorkspaceId,
    book: &Book,
    id: SlaPolicyId,
    version: i64,
) -> Result<Option<Policy>> {
    let held = book
        .policies
        .iter()
        .find(|policy| policy.id == id && policy.version == version);
    if let Some(policy) = held {
        return Ok(Some(policy.clone()));
    }
    Ok(policies::version(conn, workspace, id, version)
        .await?
        .as_ref()
        .map(policy))
}

/// The calendar of a row; none when its zone is no longer known.
pub fn calendar(row: &CalendarRow, now: Timestamp) -> Option<Calendar> {
    build(&row.rules.0, &row.feed_days.0, now)
}

/// Days by hand win over those of the feed, and these over the region's.
pub fn build(rules: &Rules, feed_days: &[SpecialDay], now: Timestamp) -> Option<Calendar> {
    let region = region_days(rules, now);
    let days = rules.days.iter().chain(feed_days).chain(&region);
    Calendar::new(&rules.zone, &rules.week, days).ok()
}

fn region_days(rules: &Rules, now: Timestamp) -> Vec<SpecialDay> {
    let Some(region) = rules.region else {
        return Vec::new();
    };
    let year = year_of(now);
    let holidays = (year - YEARS_BACK..=year + YEARS_AHEAD).flat_map(|year| holidays::of_year(region, year));
    holidays
        .map(|holiday| SpecialDay {
            date: holiday.date,
            hours: if holiday.working {
                rules.week.working_day().to_vec()
            } else {
                Vec::new()
            },
            name: holiday.name,
        })
        .collect()
}

fn year_of(now: Timestamp) -> i16 {
    let at = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
    jiff::tz::TimeZone::UTC.to_datetime(at).year()
}
