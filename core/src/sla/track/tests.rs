//! Stories of tickets, told as events, and what their clocks show: the cases that helpdesks are known to get wrong.

use proptest::prelude::*;

use super::*;
use crate::actor::ActorKind;
use crate::channel::{Channel, Direction};
use crate::event::{Event, Origin};
use crate::id::{MessageId, TicketId};
use crate::message::{AuthorKind, Delivery, Visibility};
use crate::sla::clock::{Clock, Derived, State, derive};
use crate::sla::history::{Happened, Spoken, facts};
use crate::sla::ladder::{Level, When};
use crate::sla::policy::{Book, Targets, Terms};

pub(in crate::sla) fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_millis(minutes * 60_000)
}

pub(in crate::sla) fn message_id(name: u128) -> MessageId {
    MessageId(uuid::Uuid::from_u128(name))
}

pub(in crate::sla) fn ticket_id(name: u128) -> TicketId {
    TicketId(uuid::Uuid::from_u128(name))
}

#[derive(Debug, Clone, Copy)]
pub(in crate::sla) enum Act {
    Opened,
    Asks(u128),
    Answers(u128),
    Notes(u128),
    /// An automatic answer of ours.
    Automatic(u128),
    /// The customer's out-of-office.
    Away(u128),
    Fails(u128),
    Arrives(u128),
    /// Asks for no answer.
    Needless(u128),
    Is(Category),
    Spam(bool),
    Merged,
    MergeUndone,
    MergedIn(u128),
    MergeLeft(u128),
}

fn event(act: Act) -> (Event, ActorKind) {
    use {
        AuthorKind as By,
        Direction::{In, Out},
        Visibility::{Note, Public},
    };
    let said = |message: u128, direction, visibility, automatic, author| Event::MessageAdded {
        message: message_id(message),
        position: 1,
        channel: Channel::Email,
        direction,
        visibility,
        automatic,
        author: Some(author),
    };
    let delivery = |message, state| Event::MessageDelivery {
        message: message_id(message),
        state,
    };
    match act {
        Act::Opened => (
            Event::TicketOpened {
                channel: Channel::Email,
            },
            ActorKind::System,
        ),
        Act::Asks(id) => (said(id, In, Public, false, By::Customer), ActorKind::System),
        Act::Away(id) => (said(id, In, Public, true, By::Customer), ActorKind::System),
        Act::Answers(id) => (said(id, Out, Public, false, By::Agent), ActorKind::Agent),
        Act::Notes(id) => (said(id, Out, Note, false, By::Agent), ActorKind::Agent),
        Act::Automatic(id) => (said(id, Out, Public, true, By::System), ActorKind::System),
        Act::Fails(id) => (delivery(id, Delivery::Failed), ActorKind::System),
        Act::Arrives(id) => (delivery(id, Delivery::Sent), ActorKind::System),
        Act::Needless(id) => (
            Event::NoReplyNeeded {
                message: message_id(id),
                needless: true,
            },
            ActorKind::Agent,
        ),
        Act::Is(to) => (
            Event::CategoryChanged {
                from: Category::New,
                to,
            },
            ActorKind::Agent,
        ),
        Act::Spam(spam) => (Event::SpamChanged { spam }, ActorKind::Agent),
        Act::Merged => (Event::Merged { into: ticket_id(9) }, ActorKind::Agent),
        Act::MergeUndone => (Event::MergeUndone { from: ticket_id(9) }, ActorKind::Agent),
        Act::MergedIn(from) => (
            Event::MergedIn {
                from: ticket_id(from),
            },
            ActorKind::Agent,
        ),
        Act::MergeLeft(into) => (
            Event::MergeLeft {
                into: ticket_id(into),
            },
            ActorKind::Agent,
        ),
    }
}

pub(in crate::sla) fn log(acts: &[(i64, Act)]) -> Vec<Happened> {
    let one = |(at, act): &(i64, Act)| {
        let (event, who) = event(*act);
        Happened {
            at: minute(*at),
            who,
            origin: Origin::Live,
            event,
        }
    };
    acts.iter().map(one).collect()
}

pub(in crate::sla) fn last_category(acts: &[(i64, Act)]) -> Category {
    let told = acts.iter().rev().find_map(|(_, act)| match act {
        Act::Is(category) => Some(*category),
        _ => None,
    });
    told.unwrap_or(Category::New)
}

/// First answer within 60 minutes, further ones within 30, solved within 240, around the clock.
fn terms() -> Terms {
    Terms {
        targets: Targets {
            first_response_s: Some(3600),
            next_response_s: Some(1800),
            resolution_s: Some(4 * 3600),
        },
        levels: vec![Level {
            metric: Metric::FirstResponse,
            when: When::Percent,
            value: 50,
            to: Vec::new(),
        }],
        ..Terms::default()
    }
}

fn derived(acts: &[(i64, Act)], now: i64) -> Derived {
    let facts = facts(&log(acts), None, last_category(acts));
    derive(&tracks(&facts, false), &terms(), &Book::default(), minute(now))
}

fn clock(derived: &Derived, metric: Metric) -> Option<Clock> {
    derived.current().into_iter().find(|clock| clock.metric == metric)
}

/// `state cycle due` of the newest clock, due in minutes.
fn shown(derived: &Derived, metric: Metric) -> String {
    let Some(clock) = clock(derived, metric) else {
        return "none".to_owned();
    };
    let minutes = |at: Timestamp| (at.millis() / 60_000).to_string();
    format!(
        "{} {} {}",
        clock.state,
        clock.cycle,
        clock.due_at.map_or_else(|| "-".to_owned(), minutes)
    )
}

const ASKED: [(i64, Act); 2] = [(0, Act::Opened), (0, Act::Asks(1))];

fn after(more: &[(i64, Act)]) -> Vec<(i64, Act)> {
    ASKED.iter().chain(more).copied().collect()
}

#[test]
fn only_a_persons_public_answer_is_a_first_response() {
    for (story, acts, wanted) in [
        ("nobody answers", vec![], "running 1 60"),
        ("a note", vec![(5, Act::Notes(2))], "running 1 60"),
        (
            "an automatic answer",
            vec![(5, Act::Automatic(2))],
            "running 1 60",
        ),
        ("an answer", vec![(5, Act::Answers(2))], "met 1 60"),
        (
            "an answer in the last moment",
            vec![(60, Act::Answers(2))],
            "met 1 60",
        ),
        ("an answer too late", vec![(61, Act::Answers(2))], "breached 1 60"),
        (
            "a second question does not move it",
            vec![(20, Act::Asks(2))],
            "running 1 60",
        ),
        (
            "the customer is away",
            vec![(5, Act::Answers(2)), (6, Act::Away(3))],
            "met 1 60",
        ),
        (
            "waiting for the customer does not pause it",
            vec![(5, Act::Is(Category::Waiting))],
            "running 1 60",
        ),
    ] {
        let now = if story == "nobody answers" { 10 } else { 62 };
        let now = if wanted.starts_with("running") { 10 } else { now };
        assert_eq!(
            shown(&derived(&after(&acts), now), Metric::FirstResponse),
            wanted,
            "{story}"
        );
    }
}

#[test]
fn the_next_response_counts_from_the_oldest_question_and_not_before_the_first_answer() {
    let mut acts = after(&[(10, Act::Asks(2))]);
    assert_eq!(shown(&derived(&acts, 12), Metric::NextResponse), "none");
    acts.push((15, Act::Answers(3)));
    assert_eq!(
        shown(&derived(&acts, 500), Metric::NextResponse),
        "none",
        "the desk spoke last: nothing is due"
    );
    acts.extend([(20, Act::Asks(4)), (25, Act::Asks(5))]);
    assert_eq!(shown(&derived(&acts, 26), Metric::NextResponse), "running 1 50");
    acts.extend([(40, Act::Answers(6)), (45, Act::Asks(7))]);
    assert_eq!(shown(&derived(&acts, 46), Metric::NextResponse), "running 2 75");
}

#[test]
fn solving_merging_and_spam_stop_what_nobody_answered() {
    for (act, undo) in [
        (Act::Is(Category::Solved), Act::Is(Category::Open)),
        (Act::Merged, Act::MergeUndone),
        (Act::Spam(true), Act::Spam(false)),
    ] {
        let gone = after(&[(20, act)]);
        let derived_then = derived(&gone, 5000);
        assert_eq!(
            shown(&derived_then, Metric::FirstResponse),
            "stopped 1 -",
            "{act:?}"
        );
        assert!(
            derived_then.reached.iter().all(|firing| firing.at <= minute(20)),
            "{act:?}"
        );
        assert_eq!(derived_then.due_at(), None, "{act:?}");
        // What was interrupted goes on where it was.
        let back = after(&[(20, act), (100, undo)]);
        assert_eq!(
            shown(&derived(&back, 101), Metric::FirstResponse),
            "running 1 140",
            "{act:?}"
        );
        assert_eq!(
            shown(&derived(&back, 101), Metric::Resolution),
            "running 1 320",
            "{act:?}"
        );
    }
    assert_eq!(
        shown(
            &derived(&after(&[(20, Act::Is(Category::Solved))]), 99),
            Metric::Resolution
        ),
        "met 1 240"
    );
    assert_eq!(
        shown(&derived(&after(&[(20, Act::Merged)]), 99), Metric::Resolution),
        "stopped 1 -"
    );
    let closed_by_merging = after(&[(20, Act::Is(Category::Closed)), (20, Act::Merged)]);
    assert_eq!(
        shown(&derived(&closed_by_merging, 99), Metric::Resolution),
        "stopped 1 -"
    );
}

#[test]
fn what_was_late_before_it_stopped_stays_late_but_is_no_longer_due() {
    let late = derived(&after(&[(90, Act::Is(Category::Solved))]), 100);
    let first = clock(&late, Metric::FirstResponse).unwrap();
    assert_eq!(
        (first.state, first.stopped_at),
        (State::Breached, Some(minute(90)))
    );
    assert_eq!(late.due_at(), None);
}

#[test]
fn the_resolution_pauses_while_the_customer_is_waited_for() {
    let waiting = after(&[(10, Act::Answers(2)), (10, Act::Is(Category::Waiting))]);
    let paused = clock(&derived(&waiting, 1000), Metric::Resolution).unwrap();
    assert_eq!((paused.state, paused.due_at), (State::Paused, None));
    assert_eq!(
        (paused.remaining_s, paused.paused_since),
        (Some(230 * 60), Some(minute(10)))
    );
    let back = [
        waiting,
        vec![(1000, Act::Asks(3)), (1000, Act::Is(Category::Open))],
    ]
    .concat();
    assert_eq!(shown(&derived(&back, 1001), Metric::Resolution), "running 1 1230");
    assert_eq!(
        shown(&derived(&back, 1001), Metric::NextResponse),
        "running 1 1030"
    );
}

#[test]
fn being_on_hold_pauses_only_where_the_policy_says_so() {
    let acts = after(&[(10, Act::Answers(2)), (10, Act::Is(Category::OnHold))]);
    let facts = facts(&log(&acts), None, Category::OnHold);
    for (pauses, wanted) in [(false, State::Running), (true, State::Paused)] {
        let derived = derive(&tracks(&facts, pauses), &terms(), &Book::default(), minute(20));
        assert_eq!(clock(&derived, Metric::Resolution).unwrap().state, wanted);
    }
}

#[test]
fn a_bounce_unmeets_the_answer_and_sending_it_again_meets_it_then() {
    let mut acts = after(&[(10, Act::Answers(2)), (80, Act::Fails(2))]);
    let bounced = derived(&acts, 81);
    assert_eq!(shown(&bounced, Metric::FirstResponse), "breached 1 60");
    assert_eq!(clock(&bounced, Metric::FirstResponse).unwrap().met_at, None);
    acts.push((90, Act::Arrives(2)));
    let again = clock(&derived(&acts, 91), Metric::FirstResponse).unwrap();
    assert_eq!((again.state, again.met_at), (State::Breached, Some(minute(90))));
    let in_time = after(&[(10, Act::Answers(2)), (20, Act::Fails(2)), (30, Act::Answers(3))]);
    assert_eq!(shown(&derived(&in_time, 500), Metric::FirstResponse), "met 1 60");
}

#[test]
fn thanks_that_ask_for_no_answer_are_no_question() {
    let mut acts = after(&[(10, Act::Answers(2)), (20, Act::Asks(3))]);
    assert_eq!(shown(&derived(&acts, 21), Metric::NextResponse), "running 1 50");
    acts.push((25, Act::Needless(3)));
    assert_eq!(shown(&derived(&acts, 500), Metric::NextResponse), "none");
    // What was asked before it still waits.
    let asked = after(&[(10, Act::Asks(2)), (15, Act::Needless(2))]);
    assert_eq!(shown(&derived(&asked, 20), Metric::FirstResponse), "running 1 60");
}

#[test]
fn a_customer_who_comes_back_after_the_end_waits_for_a_first_answer_again() {
    let acts = after(&[
        (10, Act::Answers(2)),
        (20, Act::Is(Category::Solved)),
        (500, Act::Asks(3)),
        (500, Act::Is(Category::Open)),
    ]);
    let derived = derived(&acts, 501);
    assert_eq!(shown(&derived, Metric::FirstResponse), "running 2 560");
    assert_eq!(shown(&derived, Metric::NextResponse), "none");
    // The time while it was solved does not count, what had run before does.
    assert_eq!(shown(&derived, Metric::Resolution), "running 1 720");
}

#[test]
fn a_conversation_that_the_desk_begins_promises_no_first_answer() {
    let acts = [(0, Act::Opened), (0, Act::Answers(1)), (30, Act::Asks(2))];
    let derived = derived(&acts, 31);
    assert_eq!(shown(&derived, Metric::FirstResponse), "none");
    assert_eq!(shown(&derived, Metric::NextResponse), "running 1 60");
    assert_eq!(shown(&derived, Metric::Resolution), "running 1 240");
}

#[test]
fn imports_and_backfills_start_no_clock() {
    let mut log = log(&ASKED);
    for one in &mut log {
        one.origin = Origin::Import;
    }
    assert_eq!(tracks(&facts(&log, None, Category::New), false), []);
}

fn spoken(id: u128, first: u128, at: i64, author: AuthorKind) -> Spoken {
    Spoken {
        id: message_id(id),
        first_ticket: ticket_id(first),
        at: minute(at),
        author,
        visibility: Visibility::Public,
        automatic: false,
        delivery: Delivery::None,
        no_reply_needed: false,
    }
}

#[test]
fn what_a_joined_ticket_still_waited_for_comes_over_with_its_age() {
    use AuthorKind::{Agent, Customer};
    let mut acts = after(&[(10, Act::Answers(2)), (30, Act::MergedIn(7))]);
    // The other ticket's question is older than the answer given here, and was not answered by it.
    let messages = [
        spoken(1, 1, 0, Customer),
        spoken(2, 1, 10, Agent),
        spoken(3, 7, 5, Customer),
    ];
    let of = |acts: &[(i64, Act)], messages: &[Spoken]| {
        let facts = facts(&log(acts), Some(messages), Category::Open);
        derive(&tracks(&facts, false), &terms(), &Book::default(), minute(31))
    };
    assert_eq!(shown(&of(&acts, &messages), Metric::NextResponse), "running 1 35");
    // Answered there: nothing comes over.
    let answered = [messages.to_vec(), vec![spoken(4, 7, 20, Agent)]].concat();
    assert_eq!(shown(&of(&acts, &answered), Metric::NextResponse), "none");
    // The merge is undone, and its messages are gone.
    acts.push((31, Act::MergeLeft(7)));
    assert_eq!(shown(&of(&acts, &messages[..2]), Metric::NextResponse), "none");
}

#[test]
fn a_ticket_that_was_split_off_waits_since_its_question_was_asked() {
    let log = [Happened {
        at: minute(50),
        who: ActorKind::Agent,
        origin: Origin::Live,
        event: Event::SplitFrom { from: ticket_id(1) },
    }];
    let messages = [spoken(2, 1, 20, AuthorKind::Customer)];
    let facts = facts(&log, Some(&messages), Category::New);
    let derived = derive(&tracks(&facts, false), &terms(), &Book::default(), minute(51));
    assert_eq!(shown(&derived, Metric::FirstResponse), "running 1 80");
}

#[test]
fn an_older_log_without_categories_believes_the_ticket() {
    let facts = facts(&log(&after(&[(10, Act::Answers(2))])), None, Category::Solved);
    let derived = derive(&tracks(&facts, false), &terms(), &Book::default(), minute(5000));
    assert_eq!(shown(&derived, Metric::Resolution), "met 1 240");
}

pub(in crate::sla) fn any_act() -> impl Strategy<Value = Act> {
    let category = prop::sample::select(Category::ALL);
    prop_oneof![
        (1..6_u128).prop_map(Act::Asks),
        (1..6_u128).prop_map(Act::Answers),
        (1..6_u128).prop_map(Act::Fails),
        (1..6_u128).prop_map(Act::Arrives),
        (1..6_u128).prop_map(Act::Needless),
        category.prop_map(Act::Is),
        any::<bool>().prop_map(Act::Spam),
        Just(Act::Merged),
        Just(Act::MergeUndone),
    ]
}

proptest! {
    /// Whatever happens: stretches follow each other without a gap, and what is asked later says the same of the past.
    #[test]
    fn tracks_have_no_gaps_and_the_past_stays_as_it_was(
        steps in prop::collection::vec((0..50_i64, any_act()), 0..25),
    ) {
        let mut at = 0;
        let acts: Vec<(i64, Act)> = steps.into_iter().map(|(wait, act)| { at += wait; (at, act) }).collect();
        let facts = facts(&log(&acts), None, last_category(&acts));
        for track in tracks(&facts, true) {
            prop_assert_eq!(track.stretches[0].from, track.started_at);
            for pair in track.stretches.windows(2) {
                prop_assert_eq!(pair[0].to, Some(pair[1].from));
                prop_assert!(pair[0].from <= pair[1].from);
            }
            let open = track.stretches.iter().filter(|stretch| stretch.to.is_none()).count();
            prop_assert_eq!(open, usize::from(track.met_at.is_none()));
        }
        let soon = derived(&acts, at);
        let later = derived(&acts, at + 10_000);
        for firing in &soon.reached {
            prop_assert!(later.reached.contains(firing), "{:?} was reached and then not", firing);
        }
        if let Some(next) = soon.next_at {
            prop_assert!(next > minute(at));
            prop_assert!(later.reached.iter().any(|firing| firing.at == next));
        }
    }
}
