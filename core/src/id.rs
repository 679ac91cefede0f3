//! Ids: one type per kind of thing, all UUID version 7 (RFC 9562), so that they sort by the time they were made.

use std::sync::{Arc, Mutex};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+ };
}

ids! {
    /// The tenant. Every row belongs to one.
    WorkspaceId,
    AgentId, RoleId, TeamId, SessionId, ApiKeyId,
    /// An instance of a channel: a mailbox, a widget, a telephone line.
    InboxId,
    StatusId, TagId, CustomerId, IdentityId,
    TicketId, MessageId, AttachmentId, RawMailId,
    SkillId, TierId, OwnerOfferId,
    /// A promise, the hours in which it runs, and the work of holding tickets against another one.
    SlaPolicyId, CalendarId, SlaRunId,
    JobId, TimerId, VisitorId, CallId, NotificationId, AlarmId,
    WebhookId, MacroId,
    MergeId, SenderRuleId, RawReadingId,
    ComplaintCategoryId, CompensationId, EvidenceId, CaseChangeId,
}

/// Makes ids: 48 bits of time, then randomness. Cheap to clone; clones share one source.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<StdRng>>);

impl Ids {
    /// Seeded by the operating system.
    pub fn from_system() -> Self {
        let rng = StdRng::try_from_rng(&mut SysRng).expect("the system gives random numbers");
        Self(Arc::new(Mutex::new(rng)))
    }

    /// The same ids in the same order for the same seed: for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// The next id; `at` is its time part.
    pub fn next<T: From<Uuid>>(&self, at: Timestamp) -> T {
        let mut random = [0; 10];
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(&mut random);
        let millis = u64::try_from(at.millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids = Ids::seeded(1);
        let early: TicketId = ids.next(Timestamp::from_millis(1_000));
        let late: TicketId = ids.next(Timestamp::from_millis(2_000));
        assert!(early < late);
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let at = Timestamp::from_millis(5);
        assert_eq!(
            Ids::seeded(7).next::<TicketId>(at),
            Ids::seeded(7).next::<TicketId>(at)
        );
    }
}
