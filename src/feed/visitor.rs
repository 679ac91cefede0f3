//! A visitor's session: their widget says hello, writes, reads, and is told what the desk answers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocket;
use shouwen_core::channel::Channel;
use shouwen_core::id::WorkspaceId;
use tokio::time::Instant;
use uuid::Uuid;

use super::conversation::{Page, WidgetIn, WidgetOut, history};
use super::limits::{Entry, HELLO_WITHIN};
use super::queue::{Next, Queue};
use super::room::{Room, ToVisitor, VisitorSeat};
use super::talk::Talk;
use super::token;
use super::wire::{self, Gone, Heard, Listener, NORMAL, POLICY, RESTART, Speaker};
use crate::app::App;
use crate::http::{Failure, Problem};
use crate::log::Ephemeral;
use crate::secrets::hash_token;
use crate::store::inboxes::{self, InboxRow};
use crate::store::{listeners, visitors};

/// Serves a visitor until either side has enough. `_place` is theirs while the connection lasts.
pub async fn serve(
    app: App,
    workspace: WorkspaceId,
    address: IpAddr,
    _place: Entry<IpAddr>,
    socket: WebSocket,
) {
    let (speaker, mut listener) = wire::split(socket);
    let room = match app.feed.room(&app, workspace).await {
        Ok(room) => room,
        Err(error) => {
            tracing::error!(%error, "a visitor could not enter");
            return;
        }
    };
    let socket = app.ids.next(app.now());
    let mut visitor = Visitor {
        app,
        room,
        socket,
        address,
        queue: Arc::default(),
        speaker,
        talk: None,
    };
    let end = visitor.run(&mut listener).await;
    visitor.leave();
    match end {
        Ok((code, reason)) => wire::close(&mut visitor.speaker, &mut listener, code, reason).await,
        Err(End::Gone) => {}
        Err(End::Store(error)) => {
            tracing::error!(%error, "a visitor's conversation broke off");
            let reason = "the desk cannot read or store just now";
            wire::close(&mut visitor.speaker, &mut listener, RESTART, reason).await;
        }
    }
}

pub(super) struct Visitor {
    pub(super) app: App,
    pub(super) room: Arc<Room>,
    pub(super) socket: Uuid,
    pub(super) address: IpAddr,
    queue: Arc<Queue<ToVisitor>>,
    pub(super) speaker: Speaker,
    /// After the hello.
    pub(super) talk: Option<Talk>,
}

/// The other side is gone, or the store is: the client comes back and sends again what was not acknowledged.
pub(super) enum End {
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

pub(super) type Step<T = ()> = Result<T, End>;

impl Visitor {
    async fn run(&mut self, listener: &mut Listener) -> Step<(u16, &'static str)> {
        let stop = self.app.supervisor.stop_token();
        let deadline = Instant::now() + HELLO_WITHIN;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    self.speaker.say(&WidgetOut::Moved).await?;
                    return Ok((RESTART, "the server goes away; connect again"));
                }
                () = tokio::time::sleep_until(deadline), if self.talk.is_none() => return Ok((POLICY, "no hello")),
                next = self.queue.next() => match next {
                    Next::Item(item) => self.pass_on(item).await?,
                    Next::Missed => self.catch_up().await?,
                    Next::End(reason) => return Ok((POLICY, reason)),
                },
                heard = listener.hear() => match heard {
                    Heard::Frame(frame) => self.answer(frame).await?,
                    Heard::Problem(problem) => self.refuse(None, problem).await?,
                    Heard::Enough(problem) => {
                        self.refuse(None, problem).await?;
                        return Ok((POLICY, "too much"));
                    }
                    Heard::Nothing => {}
                    Heard::Gone => return Ok((NORMAL, "")),
                },
            }
        }
    }

    async fn answer(&mut self, frame: WidgetIn) -> Step {
        match frame {
            WidgetIn::Hello {
                key,
                token,
                after,
                locale,
                page,
            } => match self.find_inbox(&key, page.as_ref()).await? {
                Ok(inbox) => self.welcome(inbox, token, after, locale).await,
                Err(failure) => self.refuse(None, failure.problem()).await,
            },
            WidgetIn::Ping => Ok(self.speaker.say(&WidgetOut::Pong).await?),
            _ if self.talk.is_none() => {
                self.refuse(None, Failure::Malformed("say hello first".into()).problem())
                    .await
            }
            WidgetIn::Send {
                client_id,
                text,
                attachment_ids,
            } => self.write(client_id, text, attachment_ids).await,
            WidgetIn::Typing { typing } => {
                self.type_in(typing);
                Ok(())
            }
            WidgetIn::Seen { position } => self.see(position).await,
            WidgetIn::Identify { name, email } => self.identify(name, email).await,
        }
    }

    pub(super) async fn refuse(&mut self, client_id: Option<String>, problem: Problem) -> Step {
        Ok(self
            .speaker
            .say(&WidgetOut::Refused { client_id, problem })
            .await?)
    }

    async fn find_inbox(&self, key: &str, page: Option<&Page>) -> Step<Result<InboxRow, Failure>> {
        if key.contains('\0') {
            return Ok(Err(Failure::NotFound("chat")));
        }
        let found = inboxes::find_by_widget_key(&mut self.app.db.read().await?, key).await?;
        let open = |inbox: &InboxRow| {
            inbox.active && inbox.channel == Channel::Chat && inbox.workspace_id == self.room.workspace
        };
        let Some(inbox) = found.filter(open) else {
            return Ok(Err(Failure::NotFound("chat")));
        };
        if !is_allowed(&inbox, page) {
            return Ok(Err(Failure::Refused("this page may not show this chat".into())));
        }
        Ok(Ok(inbox))
    }

    /// Takes a seat and says what was said so far. Listens before it reads, so that nothing falls between.
    async fn welcome(
        &mut self,
        inbox: InboxRow,
        given: Option<String>,
        after: Option<i64>,
        locale: String,
    ) -> Step {
        self.leave();
        let after = after.map(|after| after.max(0));
        let mut talk = self.recognise(inbox, given, locale).await?;
        let workspace = self.room.workspace;
        let parts = visitors::parts(&mut self.app.db.read().await?, workspace, talk.id, 1_000).await?;
        let tickets: Vec<_> = parts.iter().map(|part| part.ticket_id).collect();
        self.queue = Arc::default();
        {
            let mut state = self.room.state();
            let (moved, queue) = (state.move_on(), self.queue.clone());
            let seat = VisitorSeat {
                visitor: talk.id,
                tickets: Vec::new(),
                typing: false,
                moved,
                queue,
            };
            state.visitors.insert(self.socket, seat);
            state.listen(self.socket, &tickets);
        }
        let mut tx = self.app.db.snapshot().await?;
        let past = history(&mut tx, workspace, talk.id, after).await?;
        if let Some(part) = past.parts.last() {
            talk.agent_seen = talk.agent_position(
                part,
                listeners::read_furthest(&mut tx, workspace, part.ticket_id).await?,
            );
        }
        drop(tx);
        let tickets: Vec<_> = past.parts.iter().map(|part| part.ticket_id).collect();
        let online = {
            let mut state = self.room.state();
            state.listen(self.socket, &tickets);
            state.presence.is_online()
        };
        let last = past.messages.last().map(|message| message.position);
        talk.parts.clone_from(&past.parts);
        talk.sent = last.or(after).unwrap_or(0);
        talk.shown = (None, online);
        self.speaker
            .say(&talk.welcome(past.messages, past.more, online))
            .await?;
        self.talk = Some(talk);
        self.show_presence().await?;
        self.tell_here(false);
        Ok(())
    }

    /// Whose token it is; somebody new, when it is nobody's.
    async fn recognise(&self, inbox: InboxRow, given: Option<String>, locale: String) -> Step<Talk> {
        let known = given.and_then(|token| {
            let (of_inbox, id) = token::read(&self.app.secrets, &token)?;
            (of_inbox == inbox.id).then_some((token, id))
        });
        let mut conn = self.app.db.read().await?;
        if let Some((token, id)) = known {
            let stored = visitors::find(&mut conn, self.room.workspace, id).await?;
            if stored
                .as_ref()
                .is_none_or(|row| row.token_hash == hash_token(&token))
            {
                return Ok(Talk::new(inbox, id, token, locale, stored));
            }
        }
        let id = self.app.ids.next(self.app.now());
        let token = token::write(&self.app.secrets, inbox.id, id);
        Ok(Talk::new(inbox, id, token, locale, None))
    }

    /// Gives the seat back.
    fn leave(&mut self) {
        self.talk = None;
        let Some(ticket) = self.room.state().leave(self.socket) else {
            return;
        };
        self.app.bus.tell(
            self.room.workspace,
            Ephemeral::Visitor {
                ticket,
                typing: false,
                online: false,
            },
        );
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Whether the page may show the chat, as far as it tells. Browsers are held to it by the frame's own policy; this
/// only says so early.
fn is_allowed(inbox: &InboxRow, page: Option<&Page>) -> bool {
    let allowed = inbox
        .settings
        .0
        .chat
        .as_ref()
        .map_or(&[][..], |chat| &chat.allowed_origins);
    let Some(page) = page.filter(|_| !allowed.is_empty()) else {
        return true;
    };
    let Ok(url) = url::Url::parse(&page.url) else {
        return false;
    };
    let origin = url.origin().ascii_serialization();
    allowed
        .iter()
        .any(|one| one.trim_end_matches('/').eq_ignore_ascii_case(&origin))
}
