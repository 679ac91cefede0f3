//! From events of the log to frames: what a batch touched is loaded once, for everybody who listens.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use shouwen_core::actor::Permission;
use shouwen_core::channel::Channel;
use shouwen_core::event::{Event, Reference};
use shouwen_core::id::{
    AgentId, CallId, CustomerId, MessageId, NotificationId, TagId, TicketId, VisitorId, WorkspaceId,
};

use self::calls::{CallPart, render_call};
pub(super) use self::json::{batch_text, frame, presence_frame, read_frame, visitor_frame};
use self::people::{CustomerPart, NotificationPart, render_customers, render_notifications};
use super::audience::{Audience, Holders};
use super::conversation::{self, Said};
use super::frame::Frame;
use super::room::Interest;
use crate::db::{Conn, Result};
use crate::http::v1::{activity, schedules, view};
use crate::log::Logged;
use crate::store::messages::MessageRow;
use crate::store::tickets::SummaryRow;
use crate::store::visitors::PartRow;
use crate::store::{listeners, messages, tickets, visitors};

mod calls;
mod json;
mod people;

/// A batch of events, ready to be given to anybody who may see it.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The number reached.
    pub seq: i64,
    tickets: Vec<TicketPart>,
    details: Vec<(TicketId, Arc<str>)>,
    customers: Vec<CustomerPart>,
    notifications: Vec<NotificationPart>,
    calls: Vec<CallPart>,
    references: Vec<Arc<str>>,
    /// Agents who came or went.
    presences: Vec<Arc<str>>,
    /// Conversations that began or go on in a new ticket.
    pub links: Vec<PartRow>,
    pub said: Vec<Arc<Said>>,
    /// Visitors whose conversation's messages moved to or from another ticket: they read it again.
    pub moved: HashSet<VisitorId>,
    /// An alarm was raised or cleared.
    alarmed: bool,
    /// Somebody may see or do something else than before.
    pub access_changed: bool,
}

#[derive(Debug)]
struct TicketPart {
    id: TicketId,
    now: Holders,
    before: Holders,
    /// Changed for lists, rather than only looked up for its holders.
    touched: bool,
    last_position: i64,
    /// The position up to which the customer has seen it.
    seen: i64,
    /// For who has read up to the last position, and for who has not.
    read: Arc<str>,
    unread: Arc<str>,
    positions: HashMap<AgentId, i64>,
}

/// What a batch of events names.
#[derive(Default)]
struct Named {
    tickets: Vec<TicketId>,
    opened: Vec<TicketId>,
    /// Messages that are new.
    added: Vec<MessageId>,
    /// Messages that are elsewhere on their way.
    moved: Vec<MessageId>,
    seen: Vec<(TicketId, i64)>,
    customers: Vec<CustomerId>,
    notifications: Vec<NotificationId>,
    calls: Vec<CallId>,
}

/// Renders events, which are not empty and in order, for whoever listens.
pub(super) async fn render(
    conn: &mut Conn,
    workspace: WorkspaceId,
    events: &[Logged],
    interest: &Interest,
) -> Result<Rendered> {
    let mut batch = Rendered {
        seq: events.last().map_or(0, |event| event.seq),
        ..Rendered::default()
    };
    let named = name(events, interest, &mut batch);
    if !interest.agents.is_empty() {
        render_tickets(conn, workspace, events, &named, interest, &mut batch).await?;
        render_others(conn, workspace, &named, interest, &mut batch).await?;
    }
    if interest.visitors && !named.opened.is_empty() {
        batch.links = visitors::parts_of_tickets(conn, workspace, &named.opened).await?;
    }
    render_messages(conn, workspace, events, &named, interest, &mut batch).await?;
    let moved = events
        .iter()
        .filter(|logged| activity::other_ticket(logged.event()).is_some());
    let moved: Vec<TicketId> = moved.filter_map(|logged| logged.ticket_id).collect();
    if interest.visitors && !moved.is_empty() {
        // As the rows say now: the conversation may have been linked and moved within one batch.
        let parts = visitors::parts_of_tickets(conn, workspace, &moved).await?;
        batch.moved = parts.into_iter().map(|part| part.visitor_id).collect();
    }
    Ok(batch)
}

impl Rendered {
    /// The frames that this agent gets, who has `open` open.
    pub(super) fn for_agent(&self, audience: &Audience, open: Option<TicketId>) -> Vec<Arc<str>> {
        let mut frames = Vec::new();
        for ticket in self.tickets.iter().filter(|ticket| ticket.touched) {
            if audience.sees(&ticket.now) {
                frames.push(ticket.frame_for(audience.agent));
            } else if audience.sees(&ticket.before) {
                frames.push(frame(&Frame::TicketGone { ticket_id: ticket.id }));
            }
        }
        let details = self
            .details
            .iter()
            .filter(|(ticket, _)| Some(*ticket) == open && self.shows(audience, *ticket));
        frames.extend(details.map(|(_, frame)| frame.clone()));
        if audience.may(Permission::CustomerRead) {
            let customers = self
                .customers
                .iter()
                .filter(|part| part.holders.iter().any(|ticket| audience.sees(ticket)));
            frames.extend(customers.map(|part| part.frame.clone()));
        }
        let own = self
            .notifications
            .iter()
            .filter(|part| part.agent == audience.agent);
        frames.extend(
            own.filter(|part| self.shows(audience, part.ticket))
                .map(|part| part.frame.clone()),
        );
        if audience.may(Permission::CallLog) {
            frames.extend(self.calls.iter().map(|part| part.frame_for(audience)));
        }
        if self.alarmed && audience.may(Permission::AdminInboxes) {
            frames.push(frame(&Frame::Alarms));
        }
        frames.extend(self.references.iter().cloned());
        frames.extend(self.presences.iter().cloned());
        frames
    }

    /// Whether the batch says that the agent may not see this ticket.
    pub(super) fn hides(&self, audience: &Audience, ticket: TicketId) -> bool {
        self.tickets
            .iter()
            .any(|part| part.id == ticket && !audience.sees(&part.now))
    }

    /// Whether the batch says that the agent may see this ticket.
    fn shows(&self, audience: &Audience, ticket: TicketId) -> bool {
        self.tickets
            .iter()
            .any(|part| part.id == ticket && audience.sees(&part.now))
    }
}

impl TicketPart {
    fn frame_for(&self, agent: AgentId) -> Arc<str> {
        let read_to = self.positions.get(&agent).copied().unwrap_or(0);
        if read_to < self.last_position {
            self.unread.clone()
        } else {
            self.read.clone()
        }
    }
}

fn name(events: &[Logged], interest: &Interest, batch: &mut Rendered) -> Named {
    let (mut named, mut references) = (Named::default(), Vec::new());
    for logged in events {
        let listed = !matches!(logged.event(), Event::NotificationAdded { .. });
        named.tickets.extend(logged.ticket_id.filter(|_| listed));
        let watched = logged
            .ticket_id
            .is_some_and(|id| interest.open.contains(&id) || interest.conversations.contains(&id));
        match logged.event() {
            Event::TicketOpened {
                channel: Channel::Chat,
            } => named.opened.extend(logged.ticket_id),
            // A chat that has just begun has no listeners yet, but its visitor may be there.
            Event::MessageAdded { message, channel, .. } if watched || *channel == Channel::Chat => {
                named.added.push(*message);
            }
            Event::MessageDelivery { message, .. } | Event::NoReplyNeeded { message, .. } if watched => {
                named.moved.push(*message);
            }
            Event::CustomerSeen { position } if watched => {
                named
                    .seen
                    .extend(logged.ticket_id.map(|ticket| (ticket, *position)));
            }
            Event::CustomerChanged { customer } => named.customers.push(*customer),
            Event::NotificationAdded { notification, .. } => named.notifications.push(*notification),
            Event::CallChanged { call } => named.calls.push(*call),
            Event::ReferenceChanged { what } => {
                batch.access_changed |=
                    matches!(what, Reference::Teams | Reference::Roles | Reference::Agents);
                references.push(*what);
            }
            Event::AlarmChanged { .. } => batch.alarmed = true,
            Event::PresenceChanged {
                agent,
                presence,
                available,
            } => batch.presences.push(frame(&Frame::AgentPresence {
                agent_id: *agent,
                presence: *presence,
                since: logged.happened_at,
                available: *available,
            })),
            Event::AccessChanged { .. } | Event::SignedOut { .. } => batch.access_changed = true,
            _ => {}
        }
    }
    references.sort();
    references.dedup();
    // Nobody's screen keeps these: keys are fetched by the administrator, macros whenever they are offered.
    references.retain(|what| !matches!(what, Reference::Keys | Reference::Macros));
    batch.references = references
        .into_iter()
        .map(|what| frame(&Frame::Reference { what }))
        .collect();
    once(&mut named.tickets);
    once(&mut named.customers);
    once(&mut named.calls);
    named
}

/// Keeps the last of each, in order.
fn once<T: Copy + Eq + std::hash::Hash>(items: &mut Vec<T>) {
    let mut known = HashSet::new();
    items.reverse();
    items.retain(|item| known.insert(*item));
    items.reverse();
}

async fn render_tickets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    events: &[Logged],
    named: &Named,
    interest: &Interest,
    batch: &mut Rendered,
) -> Result<()> {
    if named.tickets.is_empty() {
        return Ok(());
    }
    let rows = tickets::summaries(conn, workspace, None, &named.tickets).await?;
    let mut tags: HashMap<TicketId, Vec<TagId>> = HashMap::new();
    for (ticket, tag) in tickets::tags(conn, workspace, &named.tickets).await? {
        tags.entry(ticket).or_default().push(tag);
    }
    let mut positions: HashMap<TicketId, HashMap<AgentId, i64>> = HashMap::new();
    for (ticket, agent, position) in
        listeners::read_positions(conn, workspace, &named.tickets, &interest.agents).await?
    {
        positions.entry(ticket).or_default().insert(agent, position);
    }
    let mut rows: HashMap<TicketId, SummaryRow> = rows.into_iter().map(|row| (row.ticket.id, row)).collect();
    for id in &named.tickets {
        let Some(row) = rows.remove(id) else { continue };
        let own = events.iter().filter(|event| event.ticket_id == Some(*id));
        let tags = tags.remove(id).unwrap_or_default();
        batch.tickets.push(ticket_part(
            row,
            &tags,
            own,
            positions.remove(id).unwrap_or_default(),
        ));
    }
    Ok(())
}

fn ticket_part<'e>(
    mut row: SummaryRow,
    tags: &[TagId],
    events: impl DoubleEndedIterator<Item = &'e Logged>,
    positions: HashMap<AgentId, i64>,
) -> TicketPart {
    let ticket = &row.ticket;
    let (id, last_position, seen) = (ticket.id, ticket.last_position, ticket.customer_seen);
    let now = Holders {
        team: ticket.team_id,
        assignee: ticket.assignee_id,
        owner: ticket.owner_id,
    };
    let summary = |row: &SummaryRow| {
        frame(&Frame::Ticket {
            ticket: Box::new(view::summary(row, tags.to_vec())),
        })
    };
    row.read_position = last_position;
    let read = summary(&row);
    row.read_position = 0;
    let unread = summary(&row);
    TicketPart {
        id,
        now,
        before: now.before(events),
        touched: true,
        last_position,
        seen,
        read,
        unread,
        positions,
    }
}

/// Adds what is needed to decide who may be told of tickets that this batch did not touch.
async fn look_up(
    conn: &mut Conn,
    workspace: WorkspaceId,
    tickets: &[TicketId],
    batch: &mut Rendered,
) -> Result<()> {
    let unknown: Vec<_> = tickets
        .iter()
        .copied()
        .filter(|id| !batch.tickets.iter().any(|part| part.id == *id))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    for row in listeners::holders(conn, workspace, &unknown).await? {
        let now = Holders {
            team: row.team_id,
            assignee: row.assignee_id,
            owner: row.owner_id,
        };
        batch.tickets.push(TicketPart {
            id: row.id,
            now,
            before: now,
            touched: false,
            last_position: 0,
            seen: 0,
            read: Arc::from(""),
            unread: Arc::from(""),
            positions: HashMap::new(),
        });
    }
    Ok(())
}

async fn render_others(
    conn: &mut Conn,
    workspace: WorkspaceId,
    named: &Named,
    interest: &Interest,
    batch: &mut Rendered,
) -> Result<()> {
    if !named.customers.is_empty() {
        batch.customers = render_customers(conn, workspace, &named.customers).await?;
    }
    if !named.notifications.is_empty() {
        batch.notifications = render_notifications(conn, workspace, &named.notifications, interest).await?;
        let tickets: Vec<_> = batch.notifications.iter().map(|part| part.ticket).collect();
        look_up(conn, workspace, &tickets, batch).await?;
    }
    for call in &named.calls {
        batch.calls.extend(render_call(conn, workspace, *call).await?);
    }
    Ok(())
}

/// Messages and grey lines of the tickets that somebody has open, and what visitors are told.
async fn render_messages(
    conn: &mut Conn,
    workspace: WorkspaceId,
    events: &[Logged],
    named: &Named,
    interest: &Interest,
    batch: &mut Rendered,
) -> Result<()> {
    let rows = load_messages(conn, workspace, named).await?;
    let linked: HashSet<_> = batch.links.iter().map(|link| link.ticket_id).collect();
    let is_heard = |ticket: &TicketId| interest.conversations.contains(ticket) || linked.contains(ticket);
    let added: HashSet<_> = named.added.iter().copied().collect();
    let is_told =
        |row: &&MessageRow| is_heard(&row.ticket_id) && added.contains(&row.id) && conversation::is_said(row);
    let told: Vec<_> = rows.iter().filter(is_told).cloned().collect();
    if !told.is_empty() {
        let said = conversation::said(conn, workspace, told).await?;
        batch.said = said.into_iter().map(Arc::new).collect();
    }
    for ticket in &interest.open {
        let own: Vec<_> = rows
            .iter()
            .filter(|row| row.ticket_id == *ticket)
            .cloned()
            .collect();
        if own.is_empty() {
            continue;
        }
        let seen = batch
            .tickets
            .iter()
            .find(|part| part.id == *ticket)
            .map_or(0, |part| part.seen);
        for message in view::messages(conn, workspace, &own, seen).await? {
            batch.details.push((
                *ticket,
                frame(&Frame::Message {
                    message: Box::new(message),
                }),
            ));
        }
    }
    render_scheduled(conn, workspace, events, interest, batch).await?;
    for logged in events {
        let Some(ticket_id) = logged.ticket_id.filter(|id| interest.open.contains(id)) else {
            continue;
        };
        for activity in activity::activities(conn, workspace, &[logged]).await? {
            let activity = Box::new(activity);
            batch
                .details
                .push((ticket_id, frame(&Frame::Activity { ticket_id, activity })));
        }
        if activity::other_ticket(logged.event()).is_some() {
            batch
                .details
                .push((ticket_id, frame(&Frame::Conversation { ticket_id })));
        }
    }
    Ok(())
}

/// The answers that wait in open tickets where something of them changed.
async fn render_scheduled(
    conn: &mut Conn,
    workspace: WorkspaceId,
    events: &[Logged],
    interest: &Interest,
    batch: &mut Rendered,
) -> Result<()> {
    let changed = events
        .iter()
        .filter(|event| matches!(event.event(), Event::ScheduleChanged { .. }));
    let mut tickets: Vec<TicketId> = changed
        .filter_map(|event| event.ticket_id)
        .filter(|id| interest.open.contains(id))
        .collect();
    once(&mut tickets);
    for ticket_id in tickets {
        let scheduled = schedules::of_ticket(conn, workspace, ticket_id).await?;
        batch
            .details
            .push((ticket_id, frame(&Frame::Scheduled { ticket_id, scheduled })));
    }
    Ok(())
}

/// The messages that the events name, by their tickets and in order.
async fn load_messages(conn: &mut Conn, workspace: WorkspaceId, named: &Named) -> Result<Vec<MessageRow>> {
    let mut rows = Vec::new();
    let ids: Vec<_> = named.added.iter().chain(&named.moved).copied().collect();
    if !ids.is_empty() {
        rows = messages::some(conn, workspace, &ids).await?;
    }
    for (ticket, position) in &named.seen {
        rows.extend(messages::before(conn, workspace, *ticket, position + 1, 10).await?);
    }
    rows.sort_by_key(|row| (row.ticket_id, row.position));
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use shouwen_core::id::Ids;
    use shouwen_core::time::Timestamp;

    use super::super::frame::FeedOut;
    use super::*;

    #[test]
    fn a_batch_put_together_is_what_its_type_says() {
        let ticket_id = Ids::seeded(1).next(Timestamp::from_millis(1));
        for count in 0..3 {
            let frames = || (0..count).map(|position| Frame::Read { ticket_id, position });
            let whole = serde_json::to_string(&FeedOut::Batch {
                seq: 7,
                frames: frames().collect(),
            })
            .unwrap();
            let parts: Vec<_> = frames().map(|one| frame(&one)).collect();
            assert_eq!(batch_text(7, &parts), whole);
        }
    }

    #[test]
    fn of_many_changes_of_one_thing_the_last_place_counts() {
        let mut items = vec![1, 2, 1, 3, 2];
        once(&mut items);
        assert_eq!(items, [1, 3, 2]);
    }
}
