//! One change to one workspace: statements, and the jobs and events that belong to them, committed together.

use shouwen_core::actor::Actor;
use shouwen_core::event::{Event, Origin};
use shouwen_core::id::{CustomerId, Ids, JobId, TicketId, WorkspaceId};
use shouwen_core::sla::Happened;
use shouwen_core::time::Timestamp;

use super::folds::{self, KeptFold};
use crate::db::{Query, Result, Tx};

/// A change in the making. Its closure touches rows only, and may run again.
pub struct Change {
    pub(super) tx: Tx,
    actor: Actor,
    origin: Origin,
    now: Timestamp,
    /// When it is written: another moment than `now` only in an import.
    written: Timestamp,
    ids: Ids,
    pub(super) recorded: Recorded,
    /// What changes before it in the same transaction recorded: it is done, and not in the log yet.
    pub(super) earlier: Vec<Recorded>,
}

/// What a change leaves to be written at its end: the log's number is taken last.
#[derive(Default)]
pub(super) struct Recorded {
    pub(super) events: Vec<NewEvent>,
    pub(super) jobs: Vec<NewJob>,
    /// How far tickets were told, all that was recorded here included.
    pub(super) folds: Vec<KeptFold>,
}

pub(super) struct NewEvent {
    pub(super) actor: Actor,
    pub(super) origin: Origin,
    pub(super) ticket: Option<TicketId>,
    pub(super) event: Event,
    pub(super) happened_at: Timestamp,
    pub(super) written_at: Timestamp,
}

/// Work that must happen after the change, however often the server dies in between.
pub struct NewJob {
    pub id: JobId,
    pub workspace: WorkspaceId,
    pub kind: &'static str,
    pub payload: String,
    pub run_at: Timestamp,
}

impl Change {
    pub(super) fn new(tx: Tx, actor: Actor, origin: Origin, now: Timestamp, ids: Ids) -> Self {
        Self {
            tx,
            actor,
            origin,
            now,
            written: now,
            ids,
            recorded: Recorded::default(),
            earlier: Vec::new(),
        }
    }

    /// When the change happens: one instant for all its rows.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn workspace(&self) -> WorkspaceId {
        self.actor.workspace
    }

    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub fn next_id<T: From<uuid::Uuid>>(&self) -> T {
        self.ids.next(self.now)
    }

    /// For an import: what follows was done by `actor` at `at`. Events keep when they were written beside it.
    pub fn replay(&mut self, actor: Actor, at: Timestamp) {
        (self.actor, self.now) = (actor, at);
    }

    /// The transaction, for the store's functions.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Notes an event of a ticket; it is numbered and written when the change ends.
    pub fn record(&mut self, ticket: TicketId, event: Event) {
        self.record_at(Some(ticket), event, self.now);
    }

    /// Notes an event of the workspace.
    pub fn record_general(&mut self, event: Event) {
        self.record_at(None, event, self.now);
    }

    /// Notes an event that happened at another time than it is written, such as a mail's.
    pub fn record_at(&mut self, ticket: Option<TicketId>, event: Event, happened_at: Timestamp) {
        let (actor, origin, written_at) = (self.actor.clone(), self.origin, self.written);
        self.recorded.events.push(NewEvent {
            actor,
            origin,
            ticket,
            event,
            happened_at,
            written_at,
        });
    }

    /// The customers of whom it was recorded that they changed.
    pub fn changed_customers(&self) -> Vec<CustomerId> {
        let events = self.recorded.events.iter();
        let customers = events.filter_map(|new| match new.event {
            Event::CustomerChanged { customer } => Some(customer),
            _ => None,
        });
        customers.collect()
    }

    /// What this change recorded of tickets so far, in order.
    pub fn pending(&self) -> impl Iterator<Item = (TicketId, Happened)> + '_ {
        self.recorded.events.iter().filter_map(NewEvent::happened)
    }

    /// What happened to tickets of this workspace and is not in the log yet, in order: by this change, and by others
    /// before it that will be committed with it.
    pub fn unwritten(&self) -> impl Iterator<Item = (TicketId, Happened)> + '_ {
        let earlier = self.earlier.iter().flat_map(|part| &part.events);
        let ours = earlier.filter(|new| new.actor.workspace == self.actor.workspace);
        ours.chain(&self.recorded.events).filter_map(NewEvent::happened)
    }

    /// Keeps how far a ticket was told: with all that was recorded of it so far. Its number comes with the events'.
    pub fn keep_fold(&mut self, fold: KeptFold) {
        self.recorded.folds.push(fold);
    }

    /// Adds a job, due at `run_at`.
    pub fn enqueue(&mut self, kind: &'static str, payload: &impl serde::Serialize, run_at: Timestamp) {
        let payload = serde_json::to_string(payload).expect("a job's payload is plain data");
        let (id, workspace) = (self.next_id(), self.workspace());
        self.recorded.jobs.push(NewJob {
            id,
            workspace,
            kind,
            payload,
            run_at,
        });
    }

    /// Adds a job unless this change has added the same already.
    pub fn enqueue_once(&mut self, kind: &'static str, payload: &impl serde::Serialize, run_at: Timestamp) {
        let text = serde_json::to_string(payload).unwrap_or_default();
        let same = |job: &NewJob| job.kind == kind && job.payload == text && job.run_at == run_at;
        if !self.recorded.jobs.iter().any(same) {
            self.enqueue(kind, payload, run_at);
        }
    }
}

impl NewEvent {
    fn happened(&self) -> Option<(TicketId, Happened)> {
        let happened = Happened {
            at: self.happened_at,
            who: self.actor.who.kind(),
            origin: self.origin,
            event: self.event.clone(),
        };
        Some((self.ticket?, happened))
    }
}

/// What a commit is announced with.
#[derive(Default)]
pub(super) struct Reached {
    /// The log's number in each workspace.
    pub(super) seqs: Vec<(WorkspaceId, i64)>,
    pub(super) has_jobs: bool,
}

/// Writes what changes recorded: jobs, then the events with their numbers, last of all locks.
pub(super) async fn flush(tx: &mut Tx, recorded: Vec<Recorded>) -> Result<Reached> {
    let (mut events, mut jobs, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for part in recorded {
        // What an earlier change of the group told lacks what this one adds.
        folds.retain(|(_, fold): &(WorkspaceId, KeptFold)| {
            !part
                .events
                .iter()
                .any(|event| event.ticket == Some(fold.ticket_id))
        });
        if let Some(own) = part.events.first().map(|event| event.actor.workspace) {
            folds.extend(part.folds.into_iter().map(|fold| (own, fold)));
        }
        events.extend(part.events);
        jobs.extend(part.jobs);
    }
    for some in jobs.chunks(500) {
        insert_jobs(tx, some).await?;
    }
    let mut workspaces: Vec<_> = events.iter().map(|event| event.actor.workspace).collect();
    workspaces.sort();
    workspaces.dedup();
    let mut seqs = Vec::new();
    for workspace in workspaces {
        let own: Vec<_> = events
            .iter()
            .filter(|event| event.actor.workspace == workspace)
            .collect();
        seqs.push((workspace, insert_events(tx, workspace, &own).await?));
    }
    for (workspace, fold) in folds {
        if let Some((_, seq)) = seqs.iter().find(|(of, _)| *of == workspace) {
            folds::keep(tx, workspace, &fold, *seq).await?;
        }
    }
    Ok(Reached {
        seqs,
        has_jobs: !jobs.is_empty(),
    })
}

async fn insert_jobs(tx: &mut Tx, jobs: &[NewJob]) -> Result<()> {
    let start = "INSERT INTO job (id, workspace_id, kind, payload, run_at, lease_until, attempts, dead, created_at) VALUES ";
    let mut insert = tx.build(start);
    for (place, job) in jobs.iter().enumerate() {
        insert = insert
            .push(if place == 0 { "(" } else { ", (" })
            .push_bind(job.id)
            .push(", ");
        insert = insert
            .push_bind(job.workspace)
            .push(", ")
            .push_bind(job.kind)
            .push(", ")
            .push_bind(&job.payload);
        insert = insert
            .push(", ")
            .push_bind(job.run_at)
            .push(", 0, 0, FALSE, ")
            .push_bind(job.run_at)
            .push(")");
    }
    insert.run().await?;
    Ok(())
}

async fn insert_events(tx: &mut Tx, workspace: WorkspaceId, events: &[&NewEvent]) -> Result<i64> {
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let (last,): (i64,) = tx
        .sql("UPDATE workspace SET last_seq = last_seq + $2 WHERE id = $1 RETURNING last_seq")
        .bind(workspace)
        .bind(count)
        .one()
        .await?;
    let mut seq = last - count;
    for some in events.chunks(500) {
        let mut insert: Query<'_> = tx.build(
            "INSERT INTO event (workspace_id, seq, kind, ticket_id, actor_kind, actor_id, origin, cause, \
             happened_at, written_at, payload) VALUES ",
        );
        for (place, event) in some.iter().enumerate() {
            seq += 1;
            insert = insert
                .push(if place == 0 { "(" } else { ", (" })
                .push_bind(workspace)
                .push(", ")
                .push_bind(seq);
            insert = insert
                .push(", ")
                .push_bind(event.event.kind())
                .push(", ")
                .push_bind(event.ticket);
            insert = insert
                .push(", ")
                .push_bind(event.actor.who.kind())
                .push(", ")
                .push_bind(event.actor.who.id());
            insert = insert
                .push(", ")
                .push_bind(event.origin)
                .push(", NULL, ")
                .push_bind(event.happened_at);
            insert = insert.push(", ").push_bind(event.written_at).push(", ");
            insert = insert.push_bind(crate::db::JsonText(&event.event)).push(")");
        }
        insert.run().await?;
    }
    Ok(last)
}
