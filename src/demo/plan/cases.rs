//! Conversations of the demo that are written by hand, minute by minute: complaints of every grade with what is done
//! about them, and questions whose time is nearly up.

use serde::Deserialize;
use shouwen_core::channel::Channel;
use shouwen_core::complaint::{Closure, CompensationKind, Grade, Liable, Remedy, Topic};
use shouwen_core::message::Delivery;
use shouwen_core::ticket::Priority;
use shouwen_core::time::{Length, Timestamp};

use super::{Act, Opening, Plan, Said, Step};
use crate::demo::files;
use crate::demo::staff::{STAFF, SUPERVISOR, VISITED, team};

/// What is done in a complaint's case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) enum CaseAct {
    /// The ticket becomes a complaint.
    Open,
    Category(Topic),
    Grade(Grade, String),
    Take,
    Cause(String),
    Liable(Liable),
    Remedy(Remedy, String),
    Cost(i64),
    Check(String),
    Evidence(String),
    /// The customer's first message, under a name.
    FirstMessage(String),
    Authority {
        name: String,
        number: String,
        due: Timestamp,
    },
    Ask {
        kind: CompensationKind,
        minor: i64,
        reason: String,
    },
    /// What was approved last is paid.
    Pay,
    Close(Closure, String),
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    language: String,
    customer: String,
    team: String,
    tags: Vec<String>,
    #[serde(default = "normal")]
    priority: Priority,
    #[serde(default = "email")]
    channel: Channel,
    subject: String,
    /// Minutes.
    ago: i64,
    steps: Vec<String>,
}

fn normal() -> Priority {
    Priority::Normal
}

fn email() -> Channel {
    Channel::Email
}

/// Adds them to the plan.
pub(super) fn add(plan: &mut Plan, now: Timestamp) {
    let cases: Cases =
        toml::from_str(include_str!("../cases.toml")).expect("the demo's cases are valid TOML");
    for case in cases.case {
        let agent = agent(&case);
        let known = plan
            .customers
            .iter()
            .position(|one| one.person.name == case.customer);
        let ticket = plan.tickets.len();
        plan.tickets.push(Opening {
            customer: known.expect("the demo's cases name its customers"),
            channel: case.channel,
            language: if case.language == "zh" { "zh" } else { "en" },
            subject: case.subject.clone(),
            team: team(&case.team).expect("the demo's cases name its teams"),
            priority: case.priority,
            tags: case.tags.clone(),
        });
        let began = now.minus(Length::minutes(case.ago));
        let mut tagged = case.tags.is_empty();
        for line in &case.steps {
            let (by, steps) =
                read_step(line, began, agent).expect("the demo's cases name acts that there are");
            if by.is_some() && !tagged {
                plan.steps.extend(steps.iter().take(1).map(|step| Step {
                    act: Act::Tag,
                    ticket,
                    ..step.clone()
                }));
                tagged = true;
            }
            plan.steps
                .extend(steps.into_iter().map(|step| Step { ticket, ..step }));
        }
    }
}

/// Of those as whom visitors sign in, the one who speaks the language.
fn agent(case: &Case) -> usize {
    let speaks = |place: &usize| STAFF[*place].language == case.language;
    VISITED.into_iter().find(speaks).unwrap_or(VISITED[0])
}

/// Reads `35 a grade ii: why`; who did it, and the steps that it makes, of ticket 0.
fn read_step(line: &str, began: Timestamp, agent: usize) -> Option<(Option<usize>, Vec<Step>)> {
    let (head, text) = line.split_once(": ").unwrap_or((line, ""));
    let mut parts = head.split(' ');
    let at = began.plus(Length::minutes(parts.next()?.parse().ok()?));
    let who = parts.next()?;
    let (who, photo) = who.split_once('+').map_or((who, false), |(who, _)| (who, true));
    let by = match who {
        "a" => Some(agent),
        "s" => Some(SUPERVISOR),
        _ => None,
    };
    let (verb, status) = parts
        .next()
        .map(|verb| verb.split_once('>').map_or((verb, None), |(a, b)| (a, Some(b))))?;
    let act = match verb {
        "say" => Act::Say(Said {
            text: text.to_owned(),
            html: None,
            files: if photo { vec![files::photo(2)] } else { Vec::new() },
            delivery: Delivery::Sent,
        }),
        "note" => Act::Note {
            text: text.to_owned(),
            mention: None,
        },
        verb => Act::Case(read_act(verb, &parts.collect::<Vec<_>>(), text, at)?),
    };
    let step = |act| Step {
        at,
        ticket: 0,
        by,
        act,
    };
    let told = status.map(|status| step(Act::Status(status.to_owned())));
    Some((by, [step(act)].into_iter().chain(told).collect()))
}

fn read_act(verb: &str, words: &[&str], text: &str, at: Timestamp) -> Option<CaseAct> {
    let text = text.to_owned();
    Some(match (verb, words) {
        ("complain", []) => CaseAct::Open,
        ("category", [topic]) => CaseAct::Category(Topic::from_word(topic)?),
        ("grade", [grade]) => CaseAct::Grade(Grade::from_word(grade)?, text),
        ("take", []) => CaseAct::Take,
        ("cause", []) => CaseAct::Cause(text),
        ("liable", [liable]) => CaseAct::Liable(Liable::from_word(liable)?),
        ("remedy", [remedy]) => CaseAct::Remedy(Remedy::from_word(remedy)?, text),
        ("cost", [minor]) => CaseAct::Cost(minor.parse().ok()?),
        ("check", [key]) => CaseAct::Check((*key).to_owned()),
        ("evidence", []) => CaseAct::Evidence(text),
        ("evidence-message", []) => CaseAct::FirstMessage(text),
        ("authority", [name, number, minutes]) => CaseAct::Authority {
            name: (*name).to_owned(),
            number: (*number).to_owned(),
            due: at.plus(Length::minutes(minutes.parse().ok()?)),
        },
        ("ask", [kind, minor]) => CaseAct::Ask {
            kind: CompensationKind::from_word(kind)?,
            minor: minor.parse().ok()?,
            reason: text,
        },
        ("pay", []) => CaseAct::Pay,
        ("close", [closure]) => CaseAct::Close(Closure::from_word(closure)?, text),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_cases_is_understood_and_over_before_now() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let plan = super::super::make(now);
        let of = |found: fn(&CaseAct) -> bool| {
            let acts = plan
                .steps
                .iter()
                .filter(|step| matches!(&step.act, Act::Case(act) if found(act)));
            acts.count()
        };
        assert_eq!(of(|act| *act == CaseAct::Open), 8, "complaints");
        assert!(of(|act| matches!(act, CaseAct::Ask { .. })) >= 6);
        for grade in [Grade::I, Grade::Ii, Grade::Iii, Grade::Iv] {
            let confirmed = plan
                .steps
                .iter()
                .any(|step| matches!(&step.act, Act::Case(CaseAct::Grade(one, _)) if *one == grade));
            assert!(confirmed, "{grade}");
        }
        assert!(plan.steps.iter().all(|step| step.at <= now));
    }

    #[test]
    fn a_line_that_says_nothing_known_is_refused() {
        let at = Timestamp::from_millis(0);
        for line in [
            "5 a dance",
            "5 a grade v: why",
            "x a take",
            "5 a",
            "5 a ask refund much: why",
        ] {
            assert!(read_step(line, at, 2).is_none(), "{line}");
        }
        let (by, steps) = read_step("30 a say>waiting: Hello: you", at, 2).unwrap();
        assert_eq!(
            (by, steps.len(), steps[0].at),
            (Some(2), 2, Timestamp::from_millis(30 * 60_000))
        );
        assert!(matches!(&steps[0].act, Act::Say(said) if said.text == "Hello: you"));
    }
}
