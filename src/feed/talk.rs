//! What a visitor who said hello does, and is told: messages by their position, each once and in order.

use futures_util::FutureExt;
use shouwen_core::actor::Actor;
use shouwen_core::id::{AttachmentId, CustomerId, VisitorId};

use super::conversation::{Claimed, Said, Welcome, WidgetMessage, WidgetOut, history, part_of, position_in};
use super::room::ToVisitor;
use super::visitor::{End, Step, Visitor};
use crate::actions::chat::{self, ChatError, Claim, NewVisitor, Words};
use crate::actions::files::FileError;
use crate::http::Failure;
use crate::log::Ephemeral;
use crate::secrets::hash_token;
use crate::store::agents;
use crate::store::inboxes::InboxRow;
use crate::store::visitors::{PartRow, VisitorRow};

/// A conversation as one of its sockets knows it.
pub(super) struct Talk {
    pub(super) inbox: InboxRow,
    pub(super) id: VisitorId,
    token: String,
    locale: String,
    /// Once the visitor is stored.
    customer: Option<CustomerId>,
    claimed: Claimed,
    pub(super) parts: Vec<PartRow>,
    /// The position up to which the client has been told everything.
    pub(super) sent: i64,
    pub(super) agent_seen: i64,
    seen: i64,
    /// Who answers, and whether anybody is there, as the client has been told.
    pub(super) shown: (Option<String>, bool),
}

impl Talk {
    pub(super) fn new(
        inbox: InboxRow,
        id: VisitorId,
        token: String,
        locale: String,
        stored: Option<VisitorRow>,
    ) -> Self {
        let claimed = stored.as_ref().map_or_else(Claimed::default, claimed);
        let customer = stored.map(|row| row.customer_id);
        let shown = (None, false);
        Self {
            inbox,
            id,
            token,
            locale,
            customer,
            claimed,
            parts: Vec::new(),
            sent: 0,
            agent_seen: 0,
            seen: 0,
            shown,
        }
    }

    pub(super) fn welcome(&self, messages: Vec<WidgetMessage>, more: bool, online: bool) -> WidgetOut {
        WidgetOut::Welcome(Box::new(Welcome {
            token: self.token.clone(),
            visitor: self.claimed.clone(),
            messages,
            position: self.sent,
            more,
            agent_seen: self.agent_seen,
            online,
        }))
    }

    /// The position in the conversation up to which an agent has read; nothing when they have not looked.
    pub(super) fn agent_position(&self, part: &PartRow, position: i64) -> i64 {
        if position == 0 {
            self.agent_seen
        } else {
            position_in(part, position).max(self.agent_seen)
        }
    }

    fn part(&self, said: &Said) -> Option<PartRow> {
        self.parts
            .iter()
            .copied()
            .find(|part| part.ticket_id == said.ticket)
    }

    fn add(&mut self, part: PartRow) {
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }
}

fn claimed(row: &VisitorRow) -> Claimed {
    Claimed {
        name: row.claimed_name.clone(),
        email: row.claimed_email.clone(),
    }
}

/// Why something was not done, in words for the visitor; or that the session cannot go on.
fn refusal(error: ChatError) -> Step<Failure> {
    match error {
        ChatError::Store(error) | ChatError::File(FileError::Store(error)) => Err(End::Store(error)),
        other => Ok(Failure::Malformed(other.to_string().into())),
    }
}

impl Visitor {
    pub(super) async fn pass_on(&mut self, item: ToVisitor) -> Step {
        let Some(talk) = &mut self.talk else { return Ok(()) };
        match item {
            ToVisitor::Linked { ticket, ordinal } => {
                talk.add(PartRow {
                    visitor_id: talk.id,
                    ordinal,
                    ticket_id: ticket,
                });
                self.tell_here(false);
            }
            ToVisitor::Said(said) => {
                let Some(part) = talk.part(&said) else {
                    return self.catch_up().await;
                };
                let position = position_in(&part, said.position);
                if position > talk.sent {
                    talk.sent = position;
                    self.speaker
                        .say(&WidgetOut::Message {
                            message: said.to(&part),
                        })
                        .await?;
                }
            }
            ToVisitor::CatchUp => self.catch_up().await?,
            ToVisitor::Resync => self.speaker.say(&WidgetOut::Resync).await?,
            ToVisitor::Presence => self.show_presence().await?,
            ToVisitor::Read { ticket, position } => {
                let Some(part) = talk.parts.iter().find(|part| part.ticket_id == ticket) else {
                    return Ok(());
                };
                let position = talk.agent_position(part, position);
                if position > talk.agent_seen {
                    talk.agent_seen = position;
                    self.speaker.say(&WidgetOut::Seen { position }).await?;
                }
            }
        }
        Ok(())
    }

    /// Reads what is new in the store.
    pub(super) async fn catch_up(&mut self) -> Step {
        let Some(talk) = &mut self.talk else { return Ok(()) };
        let workspace = self.room.workspace;
        let past = history(
            &mut self.app.db.read().await?,
            workspace,
            talk.id,
            Some(talk.sent),
        )
        .await?;
        let tickets: Vec<_> = past.parts.iter().map(|part| part.ticket_id).collect();
        self.room.state().listen(self.socket, &tickets);
        talk.parts = past.parts;
        if past.more {
            return Ok(self.speaker.say(&WidgetOut::Resync).await?);
        }
        for message in past.messages {
            talk.sent = message.position;
            self.speaker.say(&WidgetOut::Message { message }).await?;
        }
        Ok(())
    }

    /// Says who answers and whether anybody is there, when that is new.
    pub(super) async fn show_presence(&mut self) -> Step {
        let Some(talk) = &mut self.talk else { return Ok(()) };
        let (answering, online) = {
            let state = self.room.state();
            let last = talk.parts.last();
            (
                last.and_then(|part| state.presence.answering(part.ticket_id)),
                state.presence.is_online(),
            )
        };
        let mut name = None;
        if let Some(agent) = answering {
            let found = agents::find(&mut self.app.db.read().await?, self.room.workspace, agent).await?;
            name = found.map(|agent| agent.name);
        }
        if talk.shown != (name.clone(), online) {
            talk.shown = (name.clone(), online);
            self.speaker
                .say(&WidgetOut::Agent {
                    typing: name.is_some(),
                    name,
                    online,
                })
                .await?;
        }
        Ok(())
    }

    /// Stores what the visitor wrote, and acknowledges it once it is durable.
    pub(super) async fn write(
        &mut self,
        client_id: String,
        text: String,
        attachments: Vec<AttachmentId>,
    ) -> Step {
        let client_id: String = without_nul(client_id);
        let Some(id) = self.talk.as_ref().map(|talk| talk.id) else {
            return Ok(());
        };
        if !self.app.feed.doors.may_write(id) {
            return self
                .refuse(Some(client_id), Failure::Throttled(3).problem())
                .await;
        }
        let actor = match self.admitted().await? {
            Ok(actor) => actor,
            Err(failure) => return self.refuse(Some(client_id), failure.problem()).await,
        };
        let Some(talk) = &mut self.talk else { return Ok(()) };
        let words = Words {
            visitor: talk.id,
            id: self.app.ids.next(self.app.now()),
            client_id: client_id.clone(),
            text: without_nul(text),
            attachments,
            team: talk.inbox.team_id,
        };
        let written = self
            .app
            .change(&actor, words, |change, words| chat::write(change, words).boxed())
            .await;
        let written = match written {
            Ok(written) => written,
            Err(error) => return self.refuse(Some(client_id), refusal(error)?.problem()).await,
        };
        talk.add(written.part);
        let (position, message) = (
            position_in(&written.part, written.message.position),
            written.message,
        );
        let ack = WidgetOut::Ack {
            client_id,
            id: message.id,
            position,
            at: message.created_at,
        };
        self.speaker.say(&ack).await?;
        self.type_in(false);
        Ok(())
    }

    /// Stores the visitor when they are not yet; who they are then.
    async fn admitted(&mut self) -> Step<Result<Actor, Failure>> {
        let Some(talk) = &mut self.talk else {
            return Err(End::Gone);
        };
        let workspace = self.room.workspace;
        if let Some(customer) = talk.customer {
            return Ok(Ok(Actor::customer(workspace, customer)));
        }
        if !self.app.feed.doors.may_begin(self.address) {
            return Ok(Err(Failure::Throttled(120)));
        }
        let new = NewVisitor {
            id: talk.id,
            inbox: talk.inbox.id,
            token_hash: hash_token(&talk.token),
            locale: talk
                .locale
                .chars()
                .filter(char::is_ascii_graphic)
                .take(35)
                .collect(),
        };
        let system = self.app.system();
        let admitted = self
            .app
            .change(&system, new, |change, new| chat::admit(change, new).boxed());
        match admitted.await {
            Ok(row) => {
                talk.customer = Some(row.customer_id);
                Ok(Ok(Actor::customer(workspace, row.customer_id)))
            }
            Err(error) => Ok(Err(refusal(error)?)),
        }
    }

    pub(super) fn type_in(&mut self, typing: bool) {
        let mut state = self.room.state();
        let Some(seat) = state
            .visitors
            .get_mut(&self.socket)
            .filter(|seat| seat.typing != typing)
        else {
            return;
        };
        seat.typing = typing;
        drop(state);
        self.tell_here(typing);
    }

    /// Tells the agents that the visitor is there, and whether they type.
    pub(super) fn tell_here(&self, typing: bool) {
        let Some(part) = self.talk.as_ref().and_then(|talk| talk.parts.last()) else {
            return;
        };
        let visit = Ephemeral::Visitor {
            ticket: part.ticket_id,
            typing,
            online: true,
        };
        self.app.bus.tell(self.room.workspace, visit);
    }

    pub(super) async fn see(&mut self, position: i64) -> Step {
        let Some(talk) = &mut self.talk else { return Ok(()) };
        // Nobody has seen what they were not shown.
        let position = position.min(talk.sent);
        let (Some(customer), Some((part, within))) = (talk.customer, part_of(&talk.parts, position)) else {
            return Ok(());
        };
        if position <= talk.seen {
            return Ok(());
        }
        talk.seen = position;
        let actor = Actor::customer(self.room.workspace, customer);
        let place = (part.ticket_id, within);
        let seen = self.app.change(&actor, place, |change, place| {
            chat::seen(change, place.0, place.1).boxed()
        });
        Ok(seen.await?)
    }

    pub(super) async fn identify(&mut self, name: Option<String>, email: Option<String>) -> Step {
        let same = self
            .talk
            .as_ref()
            .is_some_and(|talk| talk.claimed.name == name && talk.claimed.email == email);
        if same {
            return Ok(());
        }
        let id = self.talk.as_ref().map(|talk| talk.id);
        if id.is_some_and(|id| !self.app.feed.doors.may_write(id)) {
            return self.refuse(None, Failure::Throttled(3).problem()).await;
        }
        let actor = match self.admitted().await? {
            Ok(actor) => actor,
            Err(failure) => return self.refuse(None, failure.problem()).await,
        };
        let Some(talk) = &mut self.talk else { return Ok(()) };
        let claim = Claim {
            visitor: talk.id,
            name,
            email,
        };
        match self
            .app
            .change(&actor, claim, |change, claim| {
                chat::identify(change, claim).boxed()
            })
            .await
        {
            Ok(row) => talk.claimed = claimed(&row),
            Err(error) => return self.refuse(None, refusal(error)?.problem()).await,
        }
        Ok(())
    }
}

fn without_nul(mut text: String) -> String {
    text.retain(|c| c != '\0');
    text
}
