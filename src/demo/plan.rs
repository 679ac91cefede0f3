//! What happened in the demo shop during the last five weeks, step by step, made from a seed and the present moment.
//!
//! A conversation is played until it ends or reaches the present, so what is open now is open as in a real desk.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::message::Delivery;
use shouwen_core::ticket::Priority;
use shouwen_core::time::{Length, Timestamp};

use super::calendar::awake;
use super::files::Made;
use super::scenario::{Language, Person, languages};
use crate::store::messages::Outcome;

mod cases;
mod player;
mod said;

pub(super) use cases::CaseAct;
pub(super) use said::escape;

use player::Player;

const SEED: u64 = 20_261_111;
const TICKETS: usize = 200;
const WEEKS: i64 = 5;

pub(super) struct Plan {
    pub(super) customers: Vec<Customer>,
    pub(super) tickets: Vec<Opening>,
    /// In the order of time.
    pub(super) steps: Vec<Step>,
}

pub(super) struct Customer {
    pub(super) person: Person,
    pub(super) language: &'static str,
    /// E.164, of ranges that nobody has.
    pub(super) phone: String,
}

pub(super) struct Opening {
    pub(super) customer: usize,
    pub(super) channel: Channel,
    pub(super) language: &'static str,
    pub(super) subject: String,
    pub(super) team: usize,
    pub(super) priority: Priority,
    pub(super) tags: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) ticket: usize,
    /// Who of the staff; `None` is the customer.
    pub(super) by: Option<usize>,
    pub(super) act: Act,
}

#[derive(Clone)]
pub(super) enum Act {
    Say(Said),
    Note {
        text: String,
        mention: Option<usize>,
    },
    Call {
        text: String,
        direction: Direction,
        outcome: Outcome,
        seconds: i64,
    },
    Tag,
    /// Solved, waiting, supplier or closed; closed is the desk's own doing.
    Status(String),
    Assign(usize),
    Case(CaseAct),
}

#[derive(Clone)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) files: Vec<Made>,
    /// How far a mail of ours came.
    pub(super) delivery: Delivery,
}

/// The five weeks before `now`.
pub(super) fn make(now: Timestamp) -> Plan {
    let mut dice = StdRng::seed_from_u64(SEED);
    let languages = languages();
    let customers = customers(&languages);
    let mut plan = Plan {
        customers,
        tickets: Vec::new(),
        steps: Vec::new(),
    };
    let mut decks = languages.each_ref().map(|_| Vec::new());
    for number in 0..TICKETS {
        let place = number % 2;
        let language = &languages[place];
        if decks[place].is_empty() {
            decks[place] = (0..language.scenarios.len()).collect();
            decks[place].shuffle(&mut dice);
        }
        let chosen = decks[place].pop().unwrap_or_default();
        let round = number / 2 / language.scenarios.len();
        let started = awake(now.minus(age(number, &mut dice)));
        Player {
            plan: &mut plan,
            dice: &mut dice,
            language,
            scenario: &language.scenarios[chosen],
            now,
            at: started,
        }
        .play(number, round);
    }
    cases::add(&mut plan, now);
    plan.steps.sort_by_key(|step| step.at);
    spoil_some_mail(&mut plan, now);
    plan
}

fn customers(languages: &[Language]) -> Vec<Customer> {
    let mut customers = Vec::new();
    for language in languages {
        for person in &language.customers {
            let number = customers.len();
            let phone = match (language.name, number % 2) {
                ("zh", _) => format!("+8613800{:06}", 138_000 + number * 37),
                (_, 0) => format!("+447700900{number:03}"),
                (_, _) => format!("+1202555{:04}", 100 + number),
            };
            customers.push(Customer {
                person: person.clone(),
                language: language.name,
                phone,
            });
        }
    }
    customers
}

/// How long ago a ticket began: one in four in the last day and a half, the others over five weeks.
fn age(number: usize, dice: &mut StdRng) -> Length {
    let minutes = if number.is_multiple_of(4) {
        dice.random_range(6..36 * 60)
    } else {
        dice.random_range(24 * 60..WEEKS * 7 * 24 * 60)
    };
    Length::from_millis(minutes * 60_000 + dice.random_range(0..60_000))
}

/// One answer could not be delivered, and of one nobody knows.
fn spoil_some_mail(plan: &mut Plan, now: Timestamp) {
    let last_said = |plan: &Plan, ticket| {
        plan.steps
            .iter()
            .rposition(|step| step.ticket == ticket && matches!(step.act, Act::Say(_)))
    };
    let recent = now.minus(Length::days(6));
    let found: Vec<usize> = (0..plan.tickets.len())
        .filter(|ticket| plan.tickets[*ticket].channel == Channel::Email)
        .filter_map(|ticket| last_said(plan, ticket))
        .filter(|place| plan.steps[*place].by.is_some() && plan.steps[*place].at > recent)
        .filter(|place| is_unsolved_after(plan, *place))
        .collect();
    for (place, fate) in found
        .iter()
        .skip(1)
        .step_by(2)
        .zip([Delivery::Failed, Delivery::Uncertain])
    {
        if let Act::Say(said) = &mut plan.steps[*place].act {
            said.delivery = fate;
        }
    }
}

fn is_unsolved_after(plan: &Plan, place: usize) -> bool {
    let ticket = plan.steps[place].ticket;
    let mut later = plan.steps[place..].iter().filter(|step| step.ticket == ticket);
    !later.any(|step| matches!(&step.act, Act::Status(status) if status == "solved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_weeks_are_played_up_to_now_and_no_further() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let plan = make(now);
        assert!(plan.tickets.len() > TICKETS);
        assert!(plan.customers.len() >= 80);
        assert!(plan.steps.iter().all(|step| step.at <= now));
        let texts = plan.steps.iter().filter_map(|step| match &step.act {
            Act::Say(said) => Some(&said.text),
            Act::Note { text, .. } | Act::Call { text, .. } => Some(text),
            Act::Tag | Act::Status(_) | Act::Assign(_) | Act::Case(_) => None,
        });
        for text in texts.chain(plan.tickets.iter().map(|ticket| &ticket.subject)) {
            assert!(!text.contains(['{', '}', '[', ']']), "{text}");
        }
        let mut subjects: Vec<_> = plan.tickets.iter().map(|ticket| &ticket.subject).collect();
        subjects.sort();
        subjects.dedup();
        assert!(subjects.len() > 130, "{}", subjects.len());
    }

    #[test]
    fn the_same_moment_makes_the_same_demo() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let said = |plan: Plan| {
            plan.steps
                .iter()
                .map(|step| (step.at, step.ticket, step.by))
                .collect::<Vec<_>>()
        };
        assert_eq!(said(make(now)), said(make(now)));
    }
}
