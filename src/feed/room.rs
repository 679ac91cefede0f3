//! Who listens in one workspace, and to what: the routing tables of this server, all in memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shouwen_core::id::{AgentId, SessionId, TicketId, VisitorId, WorkspaceId};
use tokio::time::Instant;
use uuid::Uuid;

use super::audience::Audience;
use super::conversation::Said;
use super::frame::Typing;
use super::presence::{Changed, Presence};
use super::queue::{Item, Queue};
use super::render::Rendered;
use crate::log::Ephemeral;

/// How many earlier numbers are remembered: one each housekeeping, a minute in all.
const EARLIER: usize = 6;

/// What an agent's session is told.
#[derive(Debug)]
pub(super) enum ToAgent {
    Batch {
        seq: i64,
        frames: Vec<Arc<str>>,
    },
    /// Came too late for a batch: read the log between the two numbers.
    CatchUp {
        after: i64,
        upto: i64,
    },
    /// Who may see what has changed.
    Resync {
        seq: i64,
    },
    /// The agent has read a ticket in another tab.
    Read(Arc<str>),
    /// A whole frame beside the batches.
    Aside(Arc<str>),
}

/// What a visitor's session is told.
#[derive(Debug)]
pub(super) enum ToVisitor {
    /// The conversation goes on in this ticket, the visitor's `ordinal`-th.
    Linked {
        ticket: TicketId,
        ordinal: i64,
    },
    Said(Arc<Said>),
    /// Came too late for a message: read what is new in the store.
    CatchUp,
    /// Messages moved to or from another ticket: read everything again.
    Resync,
    /// Who answers, and whether anybody is there, may have changed.
    Presence,
    /// An agent has read up to here.
    Read {
        ticket: TicketId,
        position: i64,
    },
}

pub(super) struct AgentSeat {
    pub session: SessionId,
    pub audience: Audience,
    pub open: Option<TicketId>,
    pub typing: Option<Typing>,
    /// When it came or last opened a ticket, as [`State::moves`] counts.
    pub moved: u64,
    pub queue: Arc<Queue<ToAgent>>,
}

pub(super) struct VisitorSeat {
    pub visitor: VisitorId,
    pub tickets: Vec<TicketId>,
    pub typing: bool,
    pub moved: u64,
    pub queue: Arc<Queue<ToVisitor>>,
}

pub(super) struct Room {
    pub workspace: WorkspaceId,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    workspace: Option<WorkspaceId>,
    /// The number up to which everybody has been told.
    pub reached: i64,
    /// What was reached some time ago, oldest first.
    earlier: VecDeque<i64>,
    /// Grows whenever somebody listens to something new.
    pub moves: u64,
    pub agents: HashMap<Uuid, AgentSeat>,
    pub visitors: HashMap<Uuid, VisitorSeat>,
    /// The visitors' sockets by their tickets.
    pub conversations: HashMap<TicketId, HashSet<Uuid>>,
    pub presence: Presence,
    /// How often telling of the next events has failed.
    pub failures: u32,
}

/// What the seats listen to at one moment.
#[derive(Debug, Default)]
pub(super) struct Interest {
    pub moves: u64,
    pub agents: Vec<AgentId>,
    pub open: HashSet<TicketId>,
    pub conversations: HashSet<TicketId>,
    pub visitors: bool,
}

impl Interest {
    pub(super) fn is_none(&self) -> bool {
        self.agents.is_empty() && !self.visitors
    }
}

impl Room {
    pub(super) fn new(workspace: WorkspaceId, reached: i64) -> Self {
        let earlier = VecDeque::from([reached]);
        Self {
            workspace,
            state: Mutex::new(State {
                workspace: Some(workspace),
                reached,
                earlier,
                ..State::default()
            }),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the bus said to whom it concerns.
    pub(super) fn hear(&self, news: &Ephemeral) {
        let mut state = self.state();
        if let Ephemeral::Read {
            agent,
            ticket,
            position,
        } = news
        {
            state.tell_read(*agent, *ticket, *position);
        }
        let changed = state.presence.hear(news, Instant::now());
        state.tell_presence(&changed);
    }

    /// Forgets who has not been heard of, and says to everybody which number is reached.
    pub(super) fn keep_house(&self) {
        let mut state = self.state();
        let changed = state.presence.expire(Instant::now());
        state.tell_presence(&changed);
        let reached = state.reached;
        state.earlier.push_back(reached);
        if state.earlier.len() > EARLIER {
            state.earlier.pop_front();
        }
        for seat in state.agents.values() {
            seat.queue.push(ToAgent::Batch {
                seq: reached,
                frames: Vec::new(),
            });
        }
    }
}

impl State {
    pub(super) fn interest(&self) -> Interest {
        let mut agents: Vec<_> = self.agents.values().map(|seat| seat.audience.agent).collect();
        agents.sort();
        agents.dedup();
        Interest {
            moves: self.moves,
            agents,
            open: self.agents.values().filter_map(|seat| seat.open).collect(),
            conversations: self.conversations.keys().copied().collect(),
            visitors: !self.visitors.is_empty(),
        }
    }

    pub(super) fn move_on(&mut self) -> u64 {
        self.moves += 1;
        self.moves
    }

    /// The number reached about a minute ago: what somebody read just now in the store is not older.
    pub(super) fn reached_before(&self) -> i64 {
        self.earlier.front().copied().unwrap_or(0).min(self.reached)
    }

    /// Gives a batch to everybody whom it concerns. `moves`: when it was decided what to render.
    pub(super) fn deliver(&mut self, batch: &Rendered, moves: u64) {
        let after = std::mem::replace(&mut self.reached, batch.seq);
        for link in &batch.links {
            self.link(link.visitor_id, link.ticket_id, link.ordinal);
        }
        for seat in self.agents.values_mut() {
            if seat.moved > moves {
                seat.queue.push(ToAgent::CatchUp {
                    after,
                    upto: batch.seq,
                });
                continue;
            }
            let frames = batch.for_agent(&seat.audience, seat.open);
            if seat.open.is_some_and(|open| batch.hides(&seat.audience, open)) {
                seat.open = None;
            }
            seat.queue.push(ToAgent::Batch {
                seq: batch.seq,
                frames,
            });
        }
        for seat in self.visitors.values().filter(|seat| seat.moved > moves) {
            seat.queue.push(ToVisitor::CatchUp);
        }
        if !batch.moved.is_empty() {
            let moved = self
                .visitors
                .values()
                .filter(|seat| batch.moved.contains(&seat.visitor));
            moved.for_each(|seat| seat.queue.push(ToVisitor::Resync));
        }
        for said in &batch.said {
            for socket in self.conversations.get(&said.ticket).into_iter().flatten() {
                let seat = self.visitors.get(socket).filter(|seat| seat.moved <= moves);
                if let Some(seat) = seat {
                    seat.queue.push(ToVisitor::Said(said.clone()));
                }
            }
        }
    }

    /// Nobody listened when these events were read; who came meanwhile reads them in the log.
    pub(super) fn skip_to(&mut self, seq: i64) {
        let after = std::mem::replace(&mut self.reached, seq);
        for seat in self.agents.values() {
            seat.queue.push(ToAgent::CatchUp { after, upto: seq });
        }
        for seat in self.visitors.values() {
            seat.queue.push(ToVisitor::CatchUp);
        }
    }

    /// Who has a window open at this server, each once and in order.
    pub(super) fn agents_here(&self) -> Vec<AgentId> {
        let mut here: Vec<AgentId> = self.agents.values().map(|seat| seat.audience.agent).collect();
        here.sort();
        here.dedup();
        here
    }

    /// What to tell the other servers of who is here.
    pub(super) fn everybody_here(&self) -> Vec<(WorkspaceId, Ephemeral)> {
        let Some(workspace) = self.workspace else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for (socket, seat) in &self.agents {
            let (socket, agent) = (*socket, seat.audience.agent);
            all.push(Ephemeral::Present {
                socket,
                agent,
                there: true,
            });
            if seat.open.is_some() {
                let typing = seat.typing.map(|typing| typing.as_str().to_owned());
                all.push(Ephemeral::Viewing {
                    socket,
                    agent,
                    ticket: seat.open,
                    typing,
                });
            }
        }
        for seat in self.visitors.values() {
            let visit = |ticket| Ephemeral::Visitor {
                ticket,
                typing: seat.typing,
                online: true,
            };
            all.extend(seat.tickets.last().copied().map(visit));
        }
        all.into_iter().map(|what| (workspace, what)).collect()
    }

    /// Makes everybody fetch everything again, from `seq` on.
    pub(super) fn resync_all(&mut self, seq: i64) {
        self.reached = seq;
        for seat in self.agents.values() {
            seat.queue.replace(ToAgent::Resync { seq });
        }
        for seat in self.visitors.values() {
            seat.queue.push(ToVisitor::CatchUp);
        }
    }

    /// Lets the sockets of a visitor listen to a ticket.
    pub(super) fn link(&mut self, visitor: VisitorId, ticket: TicketId, ordinal: i64) {
        for (socket, seat) in self
            .visitors
            .iter_mut()
            .filter(|(_, seat)| seat.visitor == visitor)
        {
            if !seat.tickets.contains(&ticket) {
                seat.tickets.push(ticket);
                self.conversations.entry(ticket).or_default().insert(*socket);
                seat.queue.push(ToVisitor::Linked { ticket, ordinal });
            }
        }
    }

    /// Gives a visitor's socket its tickets.
    pub(super) fn listen(&mut self, socket: Uuid, tickets: &[TicketId]) {
        let Some(seat) = self.visitors.get_mut(&socket) else {
            return;
        };
        for ticket in tickets {
            if !seat.tickets.contains(ticket) {
                seat.tickets.push(*ticket);
                self.conversations.entry(*ticket).or_default().insert(socket);
            }
        }
    }

    /// Takes a visitor's socket away; returns the ticket whose last socket here it was.
    pub(super) fn leave(&mut self, socket: Uuid) -> Option<TicketId> {
        let seat = self.visitors.remove(&socket)?;
        for ticket in &seat.tickets {
            if let Some(sockets) = self.conversations.get_mut(ticket) {
                sockets.remove(&socket);
                if sockets.is_empty() {
                    self.conversations.remove(ticket);
                }
            }
        }
        seat.tickets
            .last()
            .copied()
            .filter(|ticket| !self.conversations.contains_key(ticket))
    }

    fn tell_read(&self, agent: AgentId, ticket: TicketId, position: i64) {
        let frame = super::render::read_frame(ticket, position);
        for seat in self.agents.values().filter(|seat| seat.audience.agent == agent) {
            seat.queue.push(ToAgent::Read(frame.clone()));
        }
        for seat in self.visitors_of(ticket) {
            seat.queue.push(ToVisitor::Read { ticket, position });
        }
    }

    fn tell_presence(&self, changed: &Changed) {
        for ticket in &changed.viewers {
            let frame = super::render::presence_frame(*ticket, self.presence.viewers(*ticket));
            self.tell_open(*ticket, &frame);
            for seat in self.visitors_of(*ticket) {
                seat.queue.push(ToVisitor::Presence);
            }
        }
        for ticket in &changed.visitors {
            self.tell_open(
                *ticket,
                &super::render::visitor_frame(*ticket, self.presence.visitor(*ticket)),
            );
        }
        if changed.online {
            for seat in self.visitors.values() {
                seat.queue.push(ToVisitor::Presence);
            }
        }
    }

    fn tell_open(&self, ticket: TicketId, frame: &Arc<str>) {
        for seat in self.agents.values().filter(|seat| seat.open == Some(ticket)) {
            seat.queue.push(ToAgent::Aside(frame.clone()));
        }
    }

    fn visitors_of(&self, ticket: TicketId) -> impl Iterator<Item = &VisitorSeat> {
        let sockets = self.conversations.get(&ticket).into_iter().flatten();
        sockets.filter_map(|socket| self.visitors.get(socket))
    }
}

impl Item for ToAgent {
    fn bytes(&self) -> usize {
        64 + match self {
            Self::Batch { frames, .. } => frames.iter().map(|frame| frame.len()).sum(),
            Self::Read(frame) | Self::Aside(frame) => frame.len(),
            Self::CatchUp { .. } | Self::Resync { .. } => 0,
        }
    }

    /// Numbers reached without frames are one number, and what is to be read in the log is one stretch of it.
    fn absorb(&mut self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Batch { seq, .. }, Self::Batch { seq: later, frames }) if frames.is_empty() => {
                *seq = later.max(*seq);
            }
            (Self::CatchUp { upto, .. }, Self::CatchUp { after, upto: later }) if after <= *upto => {
                *upto = later;
            }
            (_, next) => return Some(next),
        }
        None
    }
}

impl Item for ToVisitor {
    fn bytes(&self) -> usize {
        match self {
            Self::Said(said) => 256 + said.text.len(),
            Self::Linked { .. } | Self::CatchUp | Self::Resync | Self::Presence | Self::Read { .. } => 64,
        }
    }

    fn absorb(&mut self, next: Self) -> Option<Self> {
        match (&*self, &next) {
            (Self::Presence, Self::Presence)
            | (Self::CatchUp, Self::CatchUp)
            | (Self::Resync, Self::Resync) => None,
            _ => Some(next),
        }
    }
}
