//! What the clocks need to know of a ticket's log: who asked, who answered, and when work rested.
//!
//! Only a person's public answer that arrived is an answer: no bot's, no automatic mail, no note, none that bounced.

use std::collections::HashMap;

use crate::actor::ActorKind;
use crate::channel::Direction;
use crate::event::{Event, Origin};
use crate::id::{MessageId, TicketId};
use crate::message::{AuthorKind, Delivery, Visibility};
use crate::ticket::Category;
use crate::time::Timestamp;

/// An event of the ticket's log.
#[derive(Debug, Clone)]
pub struct Happened {
    pub at: Timestamp,
    pub who: ActorKind,
    pub origin: Origin,
    pub event: Event,
}

/// A message as it stands in the ticket today: asked for when messages were moved between tickets.
#[derive(Debug, Clone)]
pub struct Spoken {
    pub id: MessageId,
    /// The ticket it was written in.
    pub first_ticket: TicketId,
    pub at: Timestamp,
    pub author: AuthorKind,
    pub visibility: Visibility,
    pub automatic: bool,
    pub delivery: Delivery,
    /// It asks for no answer.
    pub no_reply_needed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    pub at: Timestamp,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Opened,
    CustomerWrote,
    /// A person answered in public, and it arrived.
    HumanAnswered,
    /// A person answered here, and it did not arrive.
    AnswerLost,
    Category(Category),
    Spam(bool),
    Merged,
    MergeUndone,
    /// Another ticket joined this one, whose customer has been waiting since then.
    Joined(Option<Timestamp>),
}

/// Whether the clocks look at events of this kind.
pub const KINDS: &[&str] = &[
    "ticket_opened",
    "message_added",
    "message_delivery",
    "no_reply_needed",
    "category_changed",
    "merged",
    "merged_in",
    "merge_undone",
    "merge_left",
    "split_off",
    "split_from",
    "spam_changed",
];

/// Whether messages were moved to or from the ticket, so that its log alone does not tell which it has.
pub fn messages_moved(happened: &[Happened]) -> bool {
    happened.iter().any(|one| {
        matches!(
            one.event,
            Event::MergedIn { .. }
                | Event::MergeLeft { .. }
                | Event::SplitOff { .. }
                | Event::SplitFrom { .. }
        )
    })
}

/// The facts in the order in which they happened. `messages` stands in for the log's messages where they moved.
/// `category` is the ticket's own: it holds where the log, begun before categories were told, says something else.
pub fn facts(happened: &[Happened], messages: Option<&[Spoken]>, category: Category) -> Vec<Fact> {
    let mut facts = told(happened, messages);
    let last = facts.iter().rev().find_map(|fact| match fact.what {
        What::Category(told) => Some(told),
        _ => None,
    });
    let at = facts.last().map_or(Timestamp::default(), |fact| fact.at);
    facts.extend(untold(last, category, at));
    facts
}

/// As [`facts`], as far as the log tells them.
pub(super) fn told(happened: &[Happened], messages: Option<&[Spoken]>) -> Vec<Fact> {
    let fates = fates(happened);
    let mut facts = Vec::new();
    match messages {
        Some(messages) => facts.extend(moved_facts(happened, messages, &fates)),
        None => {
            for one in happened {
                facts.extend(fact_of(one));
                facts.extend(message_facts(one, &fates));
            }
        }
    }
    facts.sort_by_key(|fact| fact.at);
    facts
}

/// What the ticket's own category says after a log that ended at `at` with `last`.
pub(super) fn untold(last: Option<Category>, category: Category, at: Timestamp) -> Option<Fact> {
    let differs = last.unwrap_or(Category::New).is_active() != category.is_active()
        || last.is_some_and(|told| told != category);
    let what = What::Category(category);
    differs.then_some(Fact { at, what })
}

fn fact_of(one: &Happened) -> Option<Fact> {
    let live = one.origin != Origin::Backfill && one.origin != Origin::Import;
    let what = match one.event {
        Event::TicketOpened { .. } if live => What::Opened,
        Event::CategoryChanged { to, .. } => What::Category(to),
        Event::SpamChanged { spam } => What::Spam(spam),
        Event::Merged { .. } => What::Merged,
        Event::MergeUndone { .. } => What::MergeUndone,
        _ => return None,
    };
    Some(Fact { at: one.at, what })
}

/// What became of a message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// A person said that it asks for no answer.
    Needless,
    /// An answer did not arrive.
    Lost,
    /// It failed, and was sent again.
    Arrived(Timestamp),
}

pub(super) fn fates(happened: &[Happened]) -> HashMap<MessageId, Fate> {
    let mut fates = HashMap::new();
    for one in happened {
        if let Event::MessageDelivery { message, state } = one.event {
            match (state, fates.get(&message)) {
                (Delivery::Failed, _) => drop(fates.insert(message, Fate::Lost)),
                (Delivery::Sent, Some(Fate::Lost)) => drop(fates.insert(message, Fate::Arrived(one.at))),
                _ => {}
            }
        }
        match one.event {
            Event::NoReplyNeeded {
                message,
                needless: true,
            } => drop(fates.insert(message, Fate::Needless)),
            Event::NoReplyNeeded { message, .. } => drop(fates.remove(&message)),
            _ => {}
        }
    }
    fates
}

fn message_facts(one: &Happened, fates: &HashMap<MessageId, Fate>) -> Vec<Fact> {
    let Event::MessageAdded {
        message,
        direction,
        visibility,
        automatic,
        author,
        ..
    } = one.event
    else {
        return Vec::new();
    };
    if one.origin == Origin::Backfill || one.origin == Origin::Import {
        return Vec::new();
    }
    // Before authors were told in the log.
    let author = author.unwrap_or(match (direction, one.who) {
        (Direction::In, _) => AuthorKind::Customer,
        (Direction::Out, ActorKind::Agent) => AuthorKind::Agent,
        (Direction::Out, _) => AuthorKind::System,
    });
    told_by(
        author,
        visibility,
        automatic,
        one.at,
        fates.get(&message).copied(),
    )
}

fn told_by(
    author: AuthorKind,
    visibility: Visibility,
    automatic: bool,
    at: Timestamp,
    fate: Option<Fate>,
) -> Vec<Fact> {
    if automatic || visibility == Visibility::Note {
        return Vec::new();
    }
    match (author, fate) {
        (AuthorKind::System, _) | (AuthorKind::Customer, Some(Fate::Needless)) => Vec::new(),
        (AuthorKind::Customer, _) => vec![Fact {
            at,
            what: What::CustomerWrote,
        }],
        (AuthorKind::Agent, None | Some(Fate::Needless)) => vec![Fact {
            at,
            what: What::HumanAnswered,
        }],
        (AuthorKind::Agent, Some(Fate::Lost)) => vec![Fact {
            at,
            what: What::AnswerLost,
        }],
        (AuthorKind::Agent, Some(Fate::Arrived(again))) => {
            vec![
                Fact {
                    at,
                    what: What::AnswerLost,
                },
                Fact {
                    at: again,
                    what: What::HumanAnswered,
                },
            ]
        }
    }
}

/// The facts of a ticket with the messages that it has today, each where the log tells of it, and those that came from
/// elsewhere behind. Of a ticket that was joined into this one, an answer given here did not answer what its customer
/// asked there: what was still open then comes over when they are joined.
fn moved_facts(happened: &[Happened], messages: &[Spoken], fates: &HashMap<MessageId, Fate>) -> Vec<Fact> {
    let mut joined: Vec<(TicketId, Timestamp)> = Vec::new();
    for one in happened {
        match one.event {
            Event::MergedIn { from } => joined.push((from, one.at)),
            Event::MergeLeft { into } => joined.retain(|(ticket, _)| *ticket != into),
            _ => {}
        }
    }
    let elsewhere = |message: &Spoken| {
        let mut joined = joined.iter();
        joined.any(|(ticket, at)| *ticket == message.first_ticket && message.at <= *at)
    };
    let mut here: HashMap<MessageId, &Spoken> = messages.iter().map(|one| (one.id, one)).collect();
    let mut facts = Vec::new();
    for one in happened {
        facts.extend(fact_of(one));
        if let Event::MessageAdded { message, .. } = one.event
            && here.get(&message).is_some_and(|spoken| !elsewhere(spoken))
            && here.remove(&message).is_some()
        {
            facts.extend(message_facts(one, fates));
        }
    }
    let mut rest: Vec<&Spoken> = here.into_values().collect();
    rest.sort_by_key(|message| (message.at, message.id));
    let mut waiting: HashMap<TicketId, Timestamp> = HashMap::new();
    for message in rest {
        let told = spoken_facts(message, fates);
        if !elsewhere(message) {
            facts.extend(told);
            continue;
        }
        for fact in told {
            match fact.what {
                What::CustomerWrote => drop(waiting.entry(message.first_ticket).or_insert(fact.at)),
                What::HumanAnswered => drop(waiting.remove(&message.first_ticket)),
                _ => {}
            }
        }
    }
    facts.extend(joined.into_iter().map(|(ticket, at)| Fact {
        at,
        what: What::Joined(waiting.get(&ticket).copied()),
    }));
    facts
}

fn spoken_facts(message: &Spoken, fates: &HashMap<MessageId, Fate>) -> Vec<Fact> {
    let fate = match fates.get(&message.id) {
        None if message.delivery == Delivery::Failed => Some(Fate::Lost),
        None if message.no_reply_needed => Some(Fate::Needless),
        fate => fate.copied(),
    };
    told_by(
        message.author,
        message.visibility,
        message.automatic,
        message.at,
        fate,
    )
}

/// The facts of one event after a log whose answers all arrived.
pub(super) fn facts_of(one: &Happened) -> impl Iterator<Item = Fact> {
    fact_of(one)
        .into_iter()
        .chain(message_facts(one, &HashMap::new()))
}
