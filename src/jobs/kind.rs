//! What jobs there are, who does each, how often it is tried, and what is done when it is given up.

use shouwen_core::time::Length;

use super::queue::Job;
use super::{calendar_feed, routing, sla_runs};
use crate::app::App;
use crate::blobs::BlobError;
use crate::db;
use crate::intake::read_mail;
use crate::sending::{desk_mail, send_message};
use crate::webhooks;

shouwen_core::words! {
    JobKind {
        /// Sweeps what is past its time.
        Housekeeping = "housekeeping",
        ReadMail = "read_mail",
        SendMessage = "send_message",
        /// The server's own mail.
        SendDeskMail = "send_desk_mail",
        /// Holds the open tickets against policies and calendars.
        SlaRun = "sla_run",
        FetchCalendar = "fetch_calendar",
        SendWebhook = "send_webhook",
        /// Gives out what waits in a team.
        Assign = "assign",
        /// Takes an agent who went off their tickets.
        Release = "release",
    }
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Something that the job needs is away: tried again, however often.
    #[error("not available: {0}")]
    Unavailable(String),
    /// Tried again, a few times.
    #[error("{0}")]
    Failed(String),
    /// Trying again is pointless.
    #[error("{0}")]
    Hopeless(String),
    /// The server stops; what is left is done by whoever takes it next.
    #[error("the server stops")]
    Stopped,
}

impl From<db::Error> for JobError {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Unavailable(reason) => Self::Unavailable(reason),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<BlobError> for JobError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Unavailable(reason) => Self::Unavailable(reason),
            BlobError::Missing => Self::Failed(error.to_string()),
        }
    }
}

impl JobKind {
    /// How often a job is tried before it is given up.
    pub fn most_attempts(self) -> i64 {
        match self {
            Self::Housekeeping => 3,
            Self::ReadMail => 5,
            // 5 s, doubling up to an hour: two days.
            Self::SendMessage => 56,
            Self::SendDeskMail | Self::SlaRun | Self::Release => 20,
            Self::FetchCalendar => 3,
            // A day.
            Self::SendWebhook => 33,
            Self::Assign => 5,
        }
    }

    /// How long to wait after a failed attempt, before jitter: 5 s, doubling up to an hour.
    pub fn backoff(attempts: i64) -> Length {
        let doublings = u32::try_from(attempts.clamp(1, 11) - 1).unwrap_or_default();
        Length::seconds((5_i64 << doublings).min(3600))
    }

    /// Does the job. `Ok`: done, its row can go.
    pub(super) async fn run(self, app: &App, job: &Job) -> Result<(), JobError> {
        match self {
            Self::Housekeeping => crate::housekeeping::run(app, job.workspace_id).await,
            Self::ReadMail => read_mail::run(app, job).await,
            Self::SendMessage => send_message::run(app, job).await,
            Self::SendDeskMail => desk_mail::run(app, job).await,
            Self::SlaRun => sla_runs::run(app, job).await,
            Self::FetchCalendar => calendar_feed::run(app, job).await,
            Self::SendWebhook => webhooks::run(app, job).await,
            Self::Assign => routing::assign(app, job).await,
            Self::Release => routing::release(app, job).await,
        }
    }

    /// Does what must be done when the job is given up; a failure here leaves the job to be given up again.
    pub(super) async fn give_up(self, app: &App, job: &Job, error: &str) -> Result<(), JobError> {
        match self {
            Self::Housekeeping | Self::SendDeskMail | Self::FetchCalendar | Self::Assign | Self::Release => {
                Ok(())
            }
            Self::SlaRun => sla_runs::give_up(app, job, error).await,
            Self::ReadMail => read_mail::give_up(app, job, error).await,
            Self::SendMessage => send_message::give_up(app, job, error).await,
            Self::SendWebhook => webhooks::give_up(app, job, error).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let waits = [1, 2, 3, 9, 10, 11, 500].map(|attempts| JobKind::backoff(attempts).as_seconds());
        assert_eq!(waits, [5, 10, 20, 1280, 2560, 3600, 3600]);
    }
}
