//! What can go wrong in the store, as far as a caller acts on it.

use super::Race;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already. Which key is not told: the engines do not agree on it.
    #[error("there is one already")]
    Conflict(#[source] sqlx::Error),
    /// The engine cannot be reached or cannot store: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Other(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Conflict(error),
            sqlx::Error::Database(cause) if cause.code().is_some_and(|code| is_outage(&code)) => {
                Self::Unavailable(cause.message().to_owned())
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Other(error),
        }
    }
}

impl Error {
    /// Converts, and notes whether the transaction may do better when run again.
    pub(super) fn met(error: sqlx::Error, race: &mut Race) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        // PostgreSQL: serialization_failure, deadlock_detected.
        if code.is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01")) {
            *race = Race::Lost;
        }
        let error = error.into();
        // Of several the first: those after it may be its consequences.
        if *race == Race::None {
            *race = if matches!(error, Self::Conflict(_)) {
                Race::Met
            } else {
                Race::Other
            };
        }
        error
    }
}

/// SQLite's BUSY (5), IOERR (10), CORRUPT (11), FULL (13) with their extended codes, and PostgreSQL's classes for
/// lost connections (08), exhausted resources (53) and shutdown (57P).
fn is_outage(code: &str) -> bool {
    if let Ok(number) = code.parse::<i64>()
        && code.len() < 5
    {
        return matches!(number & 0xff, 5 | 10 | 11 | 13);
    }
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")
}
