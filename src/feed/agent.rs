//! An agent's session on the feed, from its hello to its end.

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use futures_util::FutureExt;
use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, SessionId, TicketId, WorkspaceId};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::audience::Audience;
use super::follower::load_audiences;
use super::frame::{FeedIn, FeedOut, Typing, Viewer};
use super::limits::HELLO_WITHIN;
use super::queue::{Next, Queue};
use super::render::{batch_text, presence_frame, render, visitor_frame};
use super::room::{AgentSeat, Interest, Room, ToAgent};
use super::wire::{self, Gone, Heard, Listener, NORMAL, POLICY, RESTART, Speaker};
use crate::actions::routing::presence;
use crate::app::App;
use crate::db::Result;
use crate::http::{Failure, Problem};
use crate::log::{Ephemeral, Logged, last_seq, of_ticket_after, read_after};
use crate::store::tickets;

/// How far behind a client may be and still be told what it missed.
const FARTHEST: i64 = 5_000;
/// How many events are rendered at once when a client catches up.
const STRETCH: i64 = 500;

/// Serves an agent until either side has enough.
pub async fn serve(app: App, workspace: WorkspaceId, session: SessionId, socket: WebSocket) {
    let (mut speaker, mut listener) = wire::split(socket);
    let stop = app.supervisor.stop_token();
    let Some(after) = hello(&mut speaker, &mut listener, &stop).await else {
        return;
    };
    let mut agent = match enter(&app, workspace, session, speaker, &mut listener).await {
        Ok(Some(agent)) => agent,
        Ok(None) => return,
        Err(error) => {
            tracing::error!(%error, "an agent could not enter the feed");
            return;
        }
    };
    note_window(&app, workspace, &agent).await;
    let end = agent.run(after, &mut listener, &stop).await;
    agent.leave();
    match end {
        Ok((code, reason)) => wire::close(&mut agent.speaker, &mut listener, code, reason).await,
        Err(End::Gone) => {}
        Err(End::Store(error)) => {
            tracing::error!(%error, "an agent's feed ended");
            let reason = "the desk cannot read just now";
            wire::close(&mut agent.speaker, &mut listener, RESTART, reason).await;
        }
    }
}

/// Whoever opens a window is here, for routing. Failing that, the feed goes on.
async fn note_window(app: &App, workspace: WorkspaceId, agent: &Agent) {
    if let Some((audience, _)) = agent.seat() {
        note_windows(app, workspace, vec![audience.agent]).await;
    }
}

/// Tells routing that windows of these agents are open.
pub(super) async fn note_windows(app: &App, workspace: WorkspaceId, agents: Vec<AgentId>) {
    let noted = app
        .change(&Actor::system(workspace), agents, |change, agents| {
            async move {
                for agent in agents {
                    presence::window_open(change, *agent).await?;
                }
                Ok::<_, crate::db::Error>(())
            }
            .boxed()
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "it could not be noted who has a window open");
    }
}

struct Agent {
    app: App,
    room: Arc<Room>,
    socket: Uuid,
    session: SessionId,
    queue: Arc<Queue<ToAgent>>,
    speaker: Speaker,
    /// The number that the client has been told is reached.
    told: i64,
    /// From where the client resumed, until it opens its ticket again.
    resumed: Option<i64>,
}

enum End {
    Gone,
    Store(crate::db::Error),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<crate::db::Error> for End {
    fn from(error: crate::db::Error) -> Self {
        Self::Store(error)
    }
}

type Ended = std::result::Result<(u16, &'static str), End>;
type Step<T = ()> = std::result::Result<T, End>;

/// Waits for the hello; `Some(after)` when the client said it.
async fn hello(
    speaker: &mut Speaker,
    listener: &mut Listener,
    stop: &CancellationToken,
) -> Option<Option<i64>> {
    let first = tokio::select! {
        heard = tokio::time::timeout(HELLO_WITHIN, listener.hear()) => heard,
        () = stop.cancelled() => return None,
    };
    let problem = match first {
        Ok(Heard::Frame(FeedIn::Hello { after })) => return Some(after),
        Ok(Heard::Gone) => return None,
        Ok(Heard::Problem(problem) | Heard::Enough(problem)) => problem,
        Ok(Heard::Frame(_) | Heard::Nothing) | Err(_) => {
            Failure::Malformed("say hello first, within ten seconds".into()).problem()
        }
    };
    let _ = speaker.say(&FeedOut::Problem { problem }).await;
    wire::close(speaker, listener, POLICY, "no hello").await;
    None
}

/// Takes a seat; `None` when the session is over already.
async fn enter(
    app: &App,
    workspace: WorkspaceId,
    session: SessionId,
    mut speaker: Speaker,
    listener: &mut Listener,
) -> Result<Option<Agent>> {
    let room = app.feed.room(app, workspace).await?;
    let Some(audience) = load_audiences(app, &room, &[session]).await?.remove(&session) else {
        wire::close(&mut speaker, listener, POLICY, "signed out").await;
        return Ok(None);
    };
    let (socket, queue): (Uuid, Arc<Queue<ToAgent>>) = (app.ids.next(app.now()), Arc::default());
    let agent = audience.agent;
    let told = {
        let mut state = room.state();
        let (moved, queue) = (state.move_on(), queue.clone());
        let seat = AgentSeat {
            session,
            audience,
            open: None,
            typing: None,
            moved,
            queue,
        };
        state.agents.insert(socket, seat);
        state.reached
    };
    app.bus.tell(
        workspace,
        Ephemeral::Present {
            socket,
            agent,
            there: true,
        },
    );
    let app = app.clone();
    Ok(Some(Agent {
        app,
        room,
        socket,
        session,
        queue,
        speaker,
        told,
        resumed: None,
    }))
}

impl Agent {
    async fn run(&mut self, after: Option<i64>, listener: &mut Listener, stop: &CancellationToken) -> Ended {
        // What the agent may see may have changed between the reading of it and the seat.
        self.check_seat().await?;
        self.resume(after).await?;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    self.speaker.say(&FeedOut::Moved).await?;
                    return Ok((RESTART, "the server goes away; connect again"));
                }
                next = self.queue.next() => match next {
                    Next::Item(item) => self.pass_on(item).await?,
                    Next::Missed => self.resync("the connection was too slow").await?,
                    Next::End(reason) => return Ok((POLICY, reason)),
                },
                heard = listener.hear() => match heard {
                    Heard::Frame(frame) => self.answer(frame).await?,
                    Heard::Problem(problem) => self.complain(problem).await?,
                    Heard::Enough(problem) => {
                        self.complain(problem).await?;
                        return Ok((POLICY, "too much"));
                    }
                    Heard::Nothing => {}
                    Heard::Gone => return Ok((NORMAL, "")),
                },
            }
        }
    }

    async fn check_seat(&mut self) -> Step {
        let now = load_audiences(&self.app, &self.room, &[self.session])
            .await?
            .remove(&self.session);
        match (self.room.state().agents.get_mut(&self.socket), now) {
            (Some(seat), Some(now)) => seat.audience = now,
            _ => self.queue.end("signed out"),
        }
        Ok(())
    }

    /// Tells what happened after `after`, or that it is too much.
    async fn resume(&mut self, after: Option<i64>) -> Step {
        let Some(after) = after else {
            return Ok(self.speaker.say(&FeedOut::Welcome { seq: self.told }).await?);
        };
        let reached = self.told;
        let last = last_seq(&mut self.app.db.read().await?, self.room.workspace).await?;
        if after < 0 || after > last {
            return self.resync("this number is not one of this desk's").await;
        }
        if reached - after > FARTHEST {
            return self.resync("too much has happened").await;
        }
        self.speaker.say(&FeedOut::Welcome { seq: after }).await?;
        (self.told, self.resumed) = (after, Some(after));
        self.catch_up(reached).await
    }

    async fn pass_on(&mut self, item: ToAgent) -> Step {
        match item {
            // An earlier one is told already: the client came with a newer number, or caught up.
            ToAgent::Batch { seq, frames } if seq >= self.told => {
                self.told = seq;
                self.speaker.say_text(batch_text(seq, &frames)).await?;
            }
            ToAgent::Batch { .. } => {}
            ToAgent::CatchUp { after, upto } => {
                if upto - after.max(self.told) > FARTHEST {
                    return self.resync("too much has happened").await;
                }
                self.catch_up(upto).await?;
            }
            ToAgent::Resync { seq } => {
                self.told = self.told.max(seq);
                let reason = "what you may see has changed".to_owned();
                self.speaker
                    .say(&FeedOut::Resync {
                        seq: self.told,
                        reason,
                    })
                    .await?;
            }
            ToAgent::Read(frame) => self.speaker.say_text(batch_text(self.told, &[frame])).await?,
            ToAgent::Aside(frame) => self.speaker.say_text(frame.to_string()).await?,
        }
        Ok(())
    }

    async fn resync(&mut self, reason: &str) -> Step {
        self.told = self.room.state().reached;
        let frame = FeedOut::Resync {
            seq: self.told,
            reason: reason.to_owned(),
        };
        Ok(self.speaker.say(&frame).await?)
    }

    /// Reads the log from what the client has been told up to a number.
    async fn catch_up(&mut self, upto: i64) -> Step {
        while self.told < upto {
            let limit = STRETCH.min(upto - self.told);
            let mut conn = self.app.db.read().await?;
            let events = read_after(&mut conn, self.room.workspace, self.told, limit).await?;
            drop(conn);
            let Some(last) = events.last().map(|event| event.seq) else {
                break;
            };
            let frames = self.render(&events).await?;
            self.told = last;
            self.speaker.say_text(batch_text(last, &frames)).await?;
        }
        Ok(())
    }

    /// What these events are to this agent alone.
    async fn render(&self, events: &[Logged]) -> Step<Vec<Arc<str>>> {
        let Some((audience, open)) = self.seat() else {
            return Err(End::Gone);
        };
        let interest = Interest {
            agents: vec![audience.agent],
            open: open.into_iter().collect(),
            ..Interest::default()
        };
        let mut conn = self.app.db.read().await?;
        let batch = render(&mut conn, self.room.workspace, events, &interest).await?;
        Ok(batch.for_agent(&audience, open))
    }

    fn seat(&self) -> Option<(Audience, Option<TicketId>)> {
        self.room
            .state()
            .agents
            .get(&self.socket)
            .map(|seat| (seat.audience.clone(), seat.open))
    }

    async fn answer(&mut self, frame: FeedIn) -> Step {
        match frame {
            FeedIn::Hello { .. } => {
                self.complain(Failure::Malformed("you said hello already".into()).problem())
                    .await
            }
            FeedIn::Open { ticket } => self.open(ticket).await,
            FeedIn::Typing { ticket, typing } => {
                self.type_in(ticket, typing);
                Ok(())
            }
            FeedIn::Ping => Ok(self.speaker.say(&FeedOut::Pong).await?),
        }
    }

    async fn complain(&mut self, problem: Problem) -> Step {
        Ok(self.speaker.say(&FeedOut::Problem { problem }).await?)
    }

    /// Opens a ticket: who else looks at it, and what of it the client may have missed while it was asking for it.
    async fn open(&mut self, ticket: Option<TicketId>) -> Step {
        let Some((audience, _)) = self.seat() else {
            return Err(End::Gone);
        };
        let mut visible = None;
        if let Some(ticket) = ticket {
            let mut conn = self.app.db.read().await?;
            visible = tickets::find_visible(&mut conn, &audience.actor(self.room.workspace), ticket).await?;
        }
        let open = visible
            .map(|row| row.id)
            .filter(|_| audience.may(shouwen_core::actor::Permission::TicketRead));
        let since = {
            let mut state = self.room.state();
            let moved = state.move_on();
            let Some(seat) = state.agents.get_mut(&self.socket) else {
                return Err(End::Gone);
            };
            (seat.open, seat.typing, seat.moved) = (open, None, moved);
            self.resumed
                .take()
                .unwrap_or(i64::MAX)
                .min(state.reached_before())
        };
        let viewing = Ephemeral::Viewing {
            socket: self.socket,
            agent: audience.agent,
            ticket: open,
            typing: None,
        };
        self.app.bus.tell(self.room.workspace, viewing);
        match (ticket, open) {
            (_, Some(open)) => self.show(&audience, open, since).await,
            (Some(_), None) => self.complain(Failure::NotFound("ticket").problem()).await,
            (None, None) => Ok(()),
        }
    }

    /// Says who is at the ticket, and what happened in it after `since`.
    async fn show(&mut self, audience: &Audience, ticket: TicketId, since: i64) -> Step {
        let (mut viewers, visitor) = {
            let state = self.room.state();
            (state.presence.viewers(ticket), state.presence.visitor(ticket))
        };
        if !viewers.iter().any(|viewer| viewer.agent_id == audience.agent) {
            viewers.push(Viewer {
                agent_id: audience.agent,
                typing: None,
            });
        }
        self.speaker
            .say_text(presence_frame(ticket, viewers).to_string())
            .await?;
        if visitor.0 {
            self.speaker
                .say_text(visitor_frame(ticket, visitor).to_string())
                .await?;
        }
        let mut conn = self.app.db.read().await?;
        let events = of_ticket_after(&mut conn, self.room.workspace, ticket, since, FARTHEST).await?;
        drop(conn);
        for some in events.chunks(500) {
            let frames = self.render(some).await?;
            self.speaker.say_text(batch_text(self.told, &frames)).await?;
        }
        Ok(())
    }

    fn type_in(&self, ticket: TicketId, typing: Option<Typing>) {
        let mut state = self.room.state();
        let Some(seat) = state
            .agents
            .get_mut(&self.socket)
            .filter(|seat| seat.open == Some(ticket))
        else {
            return;
        };
        if seat.typing == typing {
            return;
        }
        seat.typing = typing;
        let (socket, agent) = (self.socket, seat.audience.agent);
        drop(state);
        let typing = typing.map(|typing| typing.as_str().to_owned());
        self.app.bus.tell(
            self.room.workspace,
            Ephemeral::Viewing {
                socket,
                agent,
                ticket: Some(ticket),
                typing,
            },
        );
    }

    fn leave(&self) {
        let Some(seat) = self.room.state().agents.remove(&self.socket) else {
            return;
        };
        let (socket, agent, workspace) = (self.socket, seat.audience.agent, self.room.workspace);
        if seat.open.is_some() {
            self.app.bus.tell(
                workspace,
                Ephemeral::Viewing {
                    socket,
                    agent,
                    ticket: None,
                    typing: None,
                },
            );
        }
        self.app.bus.tell(
            workspace,
            Ephemeral::Present {
                socket,
                agent,
                there: false,
            },
        );
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.leave();
    }
}
