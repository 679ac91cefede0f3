//! Tables of cases for the choice, and properties of giving out a whole queue.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Giving, Waiting, sort};
use crate::channel::Channel;
use crate::id::{AgentId, SkillId, TicketId};
use crate::routing::{Candidate, Decision, Facts, Presence, ReasonCode, choose};
use crate::ticket::Priority;
use crate::time::{Length, Timestamp};

const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

fn agent(number: u128) -> AgentId {
    AgentId(uuid::Uuid::from_u128(number))
}

fn skill(number: u128) -> SkillId {
    SkillId(uuid::Uuid::from_u128(number))
}

fn ticket(number: u128) -> TicketId {
    TicketId(uuid::Uuid::from_u128(number))
}

fn candidate(number: u128) -> Candidate {
    Candidate {
        agent: agent(number),
        active: true,
        in_team: true,
        may_see: true,
        presence: Presence::Online,
        on_shift: true,
        load: 0,
        capacity: 10,
        skills: Vec::new(),
        languages: Vec::new(),
        idle_since: NOON,
    }
}

fn facts(weight: i64) -> Facts {
    Facts {
        channel: Channel::Email,
        weight,
        language: None,
        tier: None,
        skill_ids: Vec::new(),
        waiting_since: Some(NOON),
        owner_id: None,
        dedicated_id: None,
        tier_agent_id: None,
    }
}

/// Gives out the queue in its order.
fn drain(
    queue: &[Waiting],
    candidates: Vec<Candidate>,
    may_see: impl Fn(AgentId, TicketId) -> bool,
    now: Timestamp,
) -> Vec<(TicketId, Decision)> {
    let mut giving = Giving::new(candidates);
    let decide = |waiting: &Waiting| {
        let decision = giving.give(&waiting.facts, |agent| may_see(agent, waiting.ticket), now);
        (waiting.ticket, decision)
    };
    queue.iter().map(decide).collect()
}

fn code(decision: &Decision) -> ReasonCode {
    decision.reasons.last().expect("a decision has a reason").code
}

fn passed(decision: &Decision, number: u128) -> Option<ReasonCode> {
    let one = decision
        .passed_over
        .iter()
        .find(|one| one.agent_id == agent(number));
    one.map(|one| one.reason.code)
}

type Spoil = fn(&mut Candidate);

#[test]
fn each_reason_keeps_an_agent_from_a_ticket() {
    let cases: [(ReasonCode, Spoil); 11] = [
        (ReasonCode::Deactivated, |c| c.active = false),
        (ReasonCode::Offline, |c| c.presence = Presence::Offline),
        (ReasonCode::Away, |c| c.presence = Presence::Away),
        (ReasonCode::AwayAndReassign, |c| {
            c.presence = Presence::AwayAndReassign;
        }),
        (ReasonCode::OffShift, |c| c.on_shift = false),
        (ReasonCode::CannotSee, |c| c.may_see = false),
        (ReasonCode::Full, |c| c.load = 8),
        (ReasonCode::TooHeavy, |c| c.capacity = 2),
        (ReasonCode::NotInTeam, |c| c.in_team = false),
        (ReasonCode::LacksSkill, |c| c.skills.clear()),
        (ReasonCode::DoesNotSpeak, |c| c.languages = vec!["en".to_owned()]),
    ];
    for (reason, spoil) in cases {
        let mut wanted = facts(3);
        wanted.skill_ids = vec![skill(1)];
        wanted.language = Some("zh".to_owned());
        let mut fit = candidate(1);
        (fit.skills, fit.languages) = (vec![skill(1)], vec!["zh".to_owned()]);
        let mut spoilt = Candidate {
            agent: agent(2),
            ..fit.clone()
        };
        spoil(&mut spoilt);
        let decision = choose(&[spoilt.clone(), fit.clone()], &wanted, &BTreeSet::new());
        assert_eq!(
            (decision.agent_id, passed(&decision, 2)),
            (Some(agent(1)), Some(reason))
        );
        fit.presence = Presence::Away;
        let nobody = choose(&[spoilt, fit], &wanted, &BTreeSet::new());
        assert_eq!(
            (nobody.agent_id, code(&nobody)),
            (None, ReasonCode::NobodyIsFree),
            "{reason}"
        );
    }
}

#[test]
fn the_least_loaded_for_their_capacity_then_the_longest_idle_then_the_first_id() {
    let with = |number, load, capacity, idle: i64| Candidate {
        load,
        capacity,
        idle_since: NOON.minus(Length::minutes(idle)),
        ..candidate(number)
    };
    for (one, other, winner, why) in [
        (with(1, 3, 10, 0), with(2, 2, 10, 0), 2, ReasonCode::LeastLoaded),
        (with(1, 3, 20, 0), with(2, 2, 10, 0), 1, ReasonCode::LeastLoaded),
        (with(1, 2, 10, 5), with(2, 2, 10, 9), 2, ReasonCode::LongestIdle),
        (with(1, 2, 10, 5), with(2, 2, 10, 5), 1, ReasonCode::FirstById),
    ] {
        let decision = choose(&[other, one], &facts(1), &BTreeSet::new());
        assert_eq!((decision.agent_id, code(&decision)), (Some(agent(winner)), why));
    }
    let alone = choose(&[candidate(1)], &facts(1), &BTreeSet::new());
    assert_eq!(code(&alone), ReasonCode::OnlyOne);
    assert_eq!(
        code(&choose(&[], &facts(1), &BTreeSet::new())),
        ReasonCode::NobodyInTeam
    );
}

#[test]
fn the_owner_comes_before_the_customers_own_agent_and_that_before_the_tiers() {
    let mut wanted = facts(1);
    wanted.owner_id = Some(agent(2));
    wanted.dedicated_id = Some(agent(3));
    wanted.tier_agent_id = Some(agent(4));
    let mut all: Vec<Candidate> = (1..=4).map(candidate).collect();
    // Who is asked for by name need not be in the team, nor the least loaded.
    for named in &mut all[1..] {
        (named.in_team, named.load) = (false, 8);
    }
    for (expected, why) in [
        (2, ReasonCode::Owner),
        (3, ReasonCode::Dedicated),
        (4, ReasonCode::TierAgent),
        (1, ReasonCode::OnlyOne),
    ] {
        let decision = choose(&all, &wanted, &BTreeSet::new());
        assert_eq!((decision.agent_id, code(&decision)), (Some(agent(expected)), why));
        if let Some(gone) = all
            .iter_mut()
            .find(|candidate| candidate.agent == agent(expected))
        {
            gone.on_shift = false;
        }
    }
    let nobody = choose(&all, &wanted, &BTreeSet::new());
    assert_eq!(
        (nobody.agent_id, passed(&nobody, 2)),
        (None, Some(ReasonCode::OffShift))
    );
}

#[test]
fn a_language_that_nobody_of_the_team_speaks_is_not_waited_for() {
    let mut wanted = facts(1);
    wanted.language = Some("ko".to_owned());
    let decision = choose(&[candidate(1)], &wanted, &BTreeSet::new());
    assert_eq!(decision.agent_id, Some(agent(1)));
    assert_eq!(decision.reasons[0].code, ReasonCode::NobodySpeaks);
    let mut speaker = candidate(2);
    (speaker.languages, speaker.on_shift) = (vec!["ko".to_owned()], false);
    let decision = choose(&[candidate(1), speaker], &wanted, &BTreeSet::new());
    assert_eq!(decision.agent_id, None, "the one who speaks it comes back");
}

fn waiting(number: u128, weight: i64, minutes: i64) -> Waiting {
    Waiting {
        ticket: ticket(number),
        facts: facts(weight),
        priority: Priority::Normal,
        rank: 0,
        due_at: None,
        since: NOON.minus(Length::minutes(minutes)),
    }
}

#[test]
fn the_queue_is_overdue_then_urgent_then_by_tier_then_nearest_due_then_oldest() {
    let (mut overdue, mut urgent, mut gold) = (waiting(1, 1, 1), waiting(2, 1, 2), waiting(3, 1, 3));
    overdue.due_at = Some(NOON.minus(Length::minutes(1)));
    urgent.priority = Priority::Urgent;
    gold.rank = 2;
    let mut near = waiting(4, 1, 1);
    near.due_at = Some(NOON.plus(Length::hours(1)));
    let (old, young) = (waiting(5, 1, 60), waiting(6, 1, 30));
    let mut queue = vec![young, old, near, gold, urgent, overdue];
    sort(&mut queue, NOON);
    let order: Vec<u128> = queue.iter().map(|waiting| waiting.ticket.0.as_u128()).collect();
    assert_eq!(order, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn mails_do_not_starve_a_chat_that_waits_longer() {
    let mut only = candidate(1);
    (only.load, only.capacity) = (3, 5);
    let queue = [waiting(1, 3, 9), waiting(2, 1, 8)];
    let decisions = drain(&queue, vec![only.clone()], |_, _| true, NOON);
    assert_eq!(decisions[0].1.agent_id, None);
    assert_eq!(passed(&decisions[1].1, 1), Some(ReasonCode::KeptForOlder));
    only.capacity = 2;
    only.load = 0;
    let decisions = drain(&queue, vec![only], |_, _| true, NOON);
    assert_eq!(
        decisions[1].1.agent_id,
        Some(agent(1)),
        "nothing is kept for what never fits"
    );
}

prop_compose! {
    fn any_candidate()(
        number in 1_u128..6, active in prop::bool::weighted(0.9), in_team in prop::bool::weighted(0.8),
        may_see in prop::bool::weighted(0.9), presence in prop::sample::select(Presence::ALL),
        on_shift in prop::bool::weighted(0.8), load in 0_i64..12, capacity in 0_i64..12,
        skills in prop::collection::vec(1_u128..3, 0..3), languages in prop::collection::vec(prop::sample::select(vec!["zh", "en"]), 0..2),
        idle in 0_i64..50,
    ) -> Candidate {
        Candidate {
            agent: agent(number), active, in_team, may_see, presence, on_shift, load, capacity,
            skills: skills.into_iter().map(skill).collect(),
            languages: languages.into_iter().map(str::to_owned).collect(),
            idle_since: NOON.minus(Length::minutes(idle)),
        }
    }
}

prop_compose! {
    fn any_waiting(number: u128)(
        weight in 0_i64..4, minutes in 0_i64..100, owner in prop::option::of(1_u128..6), dedicated in prop::option::of(1_u128..6),
        skills in prop::collection::vec(1_u128..3, 0..2), language in prop::option::of(prop::sample::select(vec!["zh", "en", "ko"])),
        rank in 0_i64..2, due in prop::option::of(-50_i64..50),
    ) -> Waiting {
        let mut one = waiting(number, weight, minutes);
        one.facts.owner_id = owner.map(agent);
        one.facts.dedicated_id = dedicated.map(agent);
        one.facts.skill_ids = skills.into_iter().map(skill).collect();
        one.facts.language = language.map(str::to_owned);
        one.rank = rank;
        one.due_at = due.map(|minutes| NOON.plus(Length::minutes(minutes)));
        one
    }
}

fn any_desk() -> impl Strategy<Value = (Vec<Candidate>, Vec<Waiting>)> {
    let candidates = prop::collection::vec(any_candidate(), 0..6).prop_map(|all| {
        let by_id: BTreeMap<AgentId, Candidate> = all.into_iter().map(|one| (one.agent, one)).collect();
        by_id.into_values().collect::<Vec<_>>()
    });
    let queue: Vec<_> = (1..=8).map(any_waiting).collect();
    (candidates, queue)
}

proptest! {
    #[test]
    fn nobody_gets_more_than_their_capacity_and_nobody_absent_gets_anything((candidates, mut queue) in any_desk()) {
        sort(&mut queue, NOON);
        let may_see = |agent: AgentId, _: TicketId| candidates.iter().any(|one| one.agent == agent && one.may_see);
        let decisions = drain(&queue, candidates.clone(), may_see, NOON);
        let mut loads: BTreeMap<AgentId, i64> = candidates.iter().map(|one| (one.agent, one.load)).collect();
        for (waiting, (ticket, decision)) in queue.iter().zip(&decisions) {
            prop_assert_eq!(waiting.ticket, *ticket);
            prop_assert!(!decision.reasons.is_empty());
            let Some(chosen) = decision.agent_id else { continue };
            let one = candidates.iter().find(|one| one.agent == chosen).unwrap();
            prop_assert!(one.is_here() && one.may_see);
            let load = loads.get_mut(&chosen).unwrap();
            *load += waiting.facts.weight;
            prop_assert!(*load <= one.capacity, "{} of {}", load, one.capacity);
            let named = [waiting.facts.owner_id, waiting.facts.dedicated_id].contains(&Some(chosen));
            prop_assert!(named || one.in_team && waiting.facts.skill_ids.iter().all(|skill| one.skills.contains(skill)));
            prop_assert!(decision.passed_over.iter().all(|other| other.agent_id != chosen));
        }
    }

    #[test]
    fn an_owner_who_is_here_and_has_room_gets_their_ticket((candidates, queue) in any_desk()) {
        for waiting in &queue {
            let decision = choose(&candidates, &waiting.facts, &BTreeSet::new());
            let owner = candidates.iter().find(|one| Some(one.agent) == waiting.facts.owner_id);
            let fits = |one: &&Candidate| one.is_here() && one.may_see && one.load + waiting.facts.weight <= one.capacity;
            if let Some(owner) = owner.filter(fits) {
                prop_assert_eq!(decision.agent_id, Some(owner.agent));
            }
        }
    }

    #[test]
    fn the_choice_does_not_depend_on_the_order_of_the_candidates((candidates, queue) in any_desk()) {
        let turned: Vec<Candidate> = candidates.iter().rev().cloned().collect();
        for waiting in &queue {
            let (one, other) = (choose(&candidates, &waiting.facts, &BTreeSet::new()), choose(&turned, &waiting.facts, &BTreeSet::new()));
            prop_assert_eq!(one.agent_id, other.agent_id);
            prop_assert_eq!(one.reasons, other.reasons);
        }
    }

    #[test]
    fn whoever_could_have_a_ticket_lets_it_wait_only_for_an_older_one((candidates, mut queue) in any_desk()) {
        sort(&mut queue, NOON);
        let may_see = |agent: AgentId, _: TicketId| candidates.iter().any(|one| one.agent == agent && one.may_see);
        let decisions = drain(&queue, candidates.clone(), may_see, NOON);
        let first = decisions.iter().position(|(_, decision)| decision.agent_id.is_none());
        let Some(place) = first else { return Ok(()) };
        let refused: Vec<ReasonCode> = decisions[place].1.passed_over.iter().map(|one| one.reason.code).collect();
        prop_assert!(!refused.contains(&ReasonCode::KeptForOlder), "the first that waits waits for nobody");
    }
}
