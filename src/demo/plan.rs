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

use super::calendar::{at_work, awake};
use super::files::{self, Made};
use super::scenario::{Language, Person, Scenario, Speaker, Turn, languages, read_turn};
use super::staff::{STAFF, SUPERVISOR, VISITED, team};
use super::words::{Words, chance, fill, pick};
use crate::store::messages::Outcome;

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

/// Plays one conversation.
struct Player<'a> {
    plan: &'a mut Plan,
    dice: &'a mut StdRng,
    language: &'a Language,
    scenario: &'a Scenario,
    now: Timestamp,
    at: Timestamp,
}

impl Player<'_> {
    fn play(&mut self, ticket: usize, round: usize) {
        let customer = self.customer(ticket);
        let agent = self.agent();
        let words = self.words(customer, agent);
        let subject = &self.scenario.subjects[round % self.scenario.subjects.len()];
        let subject = fill(subject, &words, self.dice);
        self.plan.tickets.push(Opening {
            customer,
            channel: self.scenario.channel,
            language: self.language.name,
            subject,
            team: team(&self.scenario.team).unwrap_or_default(),
            priority: self.scenario.priority,
            tags: self.scenario.tags.clone(),
        });
        let is_new = self.now.since(self.at).millis() < Length::hours(50).millis();
        let unanswered = is_new && self.scenario.channel != Channel::Phone && chance(22, self.dice);
        let mut answered = false;
        let turns: Vec<Turn<'_>> = self.scenario.turns().collect();
        for (place, turn) in turns.iter().enumerate() {
            let previous = place.checked_sub(1).map(|before| turns[before].speaker);
            self.wait_for(turn.speaker, previous);
            if self.at > self.now || (unanswered && place > 0) {
                self.assign_perhaps(ticket, agent, answered);
                return;
            }
            let by_agent = !matches!(turn.speaker, Speaker::Customer);
            self.turn(ticket, agent, *turn, &words);
            if by_agent && !answered && !self.scenario.tags.is_empty() {
                self.step(ticket, Some(agent), Act::Tag);
            }
            answered |= by_agent;
        }
        self.end(ticket, agent, &words, turns.last().and_then(|turn| turn.status));
    }

    fn turn(&mut self, ticket: usize, agent: usize, turn: Turn<'_>, words: &Words) {
        let mut words = words.clone();
        let colleague = self.colleague(ticket, agent);
        words.insert("at", format!("@{}", STAFF[colleague].name));
        let mut text = fill(turn.text, &words, self.dice);
        if self.scenario.channel == Channel::Phone
            && !self.plan.steps.iter().any(|step| step.ticket == ticket)
        {
            // The first line of a call is the subject of its ticket.
            let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
            text = format!("{}\n{rest}", self.plan.tickets[ticket].subject);
        }
        let act = match turn.speaker {
            Speaker::Customer | Speaker::Agent => Act::Say(self.said(text, turn.file, &words)),
            Speaker::Note => Act::Note {
                mention: turn.text.contains("{at}").then_some(colleague),
                text,
            },
            Speaker::Call => self.call(text, Direction::In, Outcome::Answered),
            Speaker::MissedCall => self.call(text, Direction::In, Outcome::Voicemail),
            Speaker::CallOut => self.call(text, Direction::Out, Outcome::Answered),
        };
        let by = (turn.speaker != Speaker::Customer).then_some(agent);
        self.step(ticket, by, act);
        if let Some(status) = turn.status {
            self.step(ticket, by, Act::Status(status.to_owned()));
        }
    }

    /// What becomes of the ticket when everything was said.
    fn end(&mut self, ticket: usize, agent: usize, words: &Words, standing: Option<&str>) {
        let solved_after = match self.scenario.end.as_str() {
            "solved" if standing == Some("solved") => Length::from_millis(0),
            "solved" => Length::minutes(self.dice.random_range(4..60)),
            "supplier" => Length::hours(self.dice.random_range(9 * 24..20 * 24)),
            "waiting" => Length::hours(self.dice.random_range(4 * 24..9 * 24)),
            _ => Length::hours(self.dice.random_range(20..80)),
        };
        self.at = at_work(self.at.plus(solved_after));
        if self.at > self.now {
            return;
        }
        if let Some(later) = &self.scenario.later {
            self.turn(ticket, agent, read_turn(later), words);
        } else if standing != Some("solved") {
            self.step(ticket, Some(agent), Act::Status("solved".to_owned()));
        }
        self.at = self.at.plus(Length::days(7));
        if self.at <= self.now {
            self.step(ticket, None, Act::Status("closed".to_owned()));
        }
    }

    /// Some of what nobody has answered yet has been given to somebody.
    fn assign_perhaps(&mut self, ticket: usize, agent: usize, answered: bool) {
        let last = self.plan.steps.iter().rev().find(|step| step.ticket == ticket);
        let Some(last) = last.map(|step| step.at).filter(|_| !answered) else {
            return;
        };
        if chance(35, self.dice) {
            self.at = at_work(last.plus(Length::minutes(self.dice.random_range(3..25))));
            if self.at <= self.now {
                self.step(ticket, Some(SUPERVISOR), Act::Assign(agent));
            }
        }
    }

    fn step(&mut self, ticket: usize, by: Option<usize>, act: Act) {
        self.plan.steps.push(Step {
            at: self.at,
            ticket,
            by,
            act,
        });
    }

    /// Moves on to when this speaker speaks.
    fn wait_for(&mut self, speaker: Speaker, previous: Option<Speaker>) {
        let Some(previous) = previous else {
            if self.scenario.channel == Channel::Phone {
                self.at = at_work(self.at);
            }
            return;
        };
        let chat = self.scenario.channel == Channel::Chat;
        let seconds = match (speaker, chat) {
            (Speaker::Customer, true) => self.dice.random_range(15..170),
            (Speaker::Customer, false) => self.dice.random_range(20 * 60..19 * 3600),
            (Speaker::Agent, true) if previous == Speaker::Agent => self.dice.random_range(40..200),
            (Speaker::Agent, true) => self.dice.random_range(20..240),
            (Speaker::Agent, false) if chance(15, self.dice) => self.dice.random_range(5 * 3600..16 * 3600),
            (Speaker::Agent | Speaker::CallOut, _) => self.dice.random_range(8 * 60..4 * 3600),
            (Speaker::Note | Speaker::Call | Speaker::MissedCall, _) => {
                self.dice.random_range(3 * 60..50 * 60)
            }
        };
        let next = self.at.plus(Length::seconds(seconds));
        self.at = match speaker {
            // Nobody answers before the question.
            Speaker::Customer => awake(next).max(self.at.plus(Length::seconds(seconds.min(3000)))),
            _ => at_work(next),
        };
    }

    /// Somebody who speaks the language; everybody writes now and then, the first most.
    fn customer(&mut self, ticket: usize) -> usize {
        let own: Vec<usize> = (0..self.plan.customers.len())
            .filter(|place| self.plan.customers[*place].language == self.language.name)
            .collect();
        // The first tickets are recent ones: there the longest names are seen.
        if ticket < 2 || chance(12, self.dice) {
            return own[if ticket < 2 {
                0
            } else {
                self.dice.random_range(0..8)
            }];
        }
        own[(ticket / 2 * 7 + self.dice.random_range(0..5)) % own.len()]
    }

    /// Somebody of the team who speaks the language.
    fn agent(&mut self) -> usize {
        let team = team(&self.scenario.team).unwrap_or_default();
        let able: Vec<usize> = (SUPERVISOR + 1..STAFF.len())
            .filter(|place| {
                STAFF[*place].teams.contains(&team) && STAFF[*place].language == self.language.name
            })
            .collect();
        // As whom visitors sign in has the most to do.
        let visited = able.iter().copied().find(|place| VISITED.contains(place));
        let chosen = able[self.dice.random_range(0..able.len())];
        visited.filter(|_| chance(50, self.dice)).unwrap_or(chosen)
    }

    fn colleague(&mut self, ticket: usize, agent: usize) -> usize {
        let team = self.plan.tickets[ticket].team;
        let others: Vec<usize> = (SUPERVISOR..STAFF.len())
            .filter(|place| *place != agent && STAFF[*place].teams.contains(&team))
            .collect();
        others[self.dice.random_range(0..others.len())]
    }

    fn words(&mut self, customer: usize, agent: usize) -> Words {
        let mut words = Words::new();
        for name in ["lamp", "tea", "city", "carrier"] {
            let some: Vec<&str> = self.language.words[name].iter().map(String::as_str).collect();
            words.insert(name, pick(&some, self.dice).to_owned());
        }
        let chinese = self.language.name == "zh";
        let full = &self.plan.customers[customer].person.name;
        let name = if chinese {
            full.as_str()
        } else {
            full.split(' ').next().unwrap_or(full)
        };
        words.insert("name", name.to_owned());
        words.insert("agent", STAFF[agent].name.to_owned());
        words.insert(
            "order",
            format!("LT-{}", self.dice.random_range(26_100_000..26_119_999)),
        );
        let tracking = self.dice.random_range(100_000_000_000_u64..999_999_999_999);
        words.insert(
            "tracking",
            format!("{}{tracking}", if chinese { "SF" } else { "JD" }),
        );
        words.insert("days", self.dice.random_range(3..9).to_string());
        words.insert("number", self.dice.random_range(2100..2900).to_string());
        let price = self.dice.random_range(24..260);
        words.insert(
            "amount",
            if chinese {
                format!("{price} 元")
            } else {
                format!("€{price}.90")
            },
        );
        words
    }

    fn call(&mut self, text: String, direction: Direction, outcome: Outcome) -> Act {
        let seconds = if outcome == Outcome::Answered {
            self.dice.random_range(70..900)
        } else {
            0
        };
        Act::Call {
            text,
            direction,
            outcome,
            seconds,
        }
    }

    fn said(&mut self, text: String, file: Option<&str>, words: &Words) -> Said {
        let mut files = Vec::new();
        let mut html = None;
        let order = words["order"].clone();
        match file {
            Some("photo") => {
                files.push(files::photo(self.dice.random_range(0..4)));
                if self.scenario.channel == Channel::Email && chance(50, self.dice) {
                    html = Some(html_of(&text, "", true));
                }
            }
            Some("list") => {
                let rows = self.list(words);
                html = Some(html_of(&text, &html_table(&rows), true));
                files.push(files::photo(self.dice.random_range(0..4)));
                files.push(files::csv("list.csv", &rows));
            }
            Some("table") => {
                let rows = [
                    ["size", "diameter", "height", "for tables of"],
                    ["S", "30 cm", "26 cm", "60 - 90 cm"],
                    ["M", "45 cm", "38 cm", "90 - 140 cm"],
                    ["L", "60 cm", "52 cm", "from 140 cm"],
                ];
                let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
                files.push(files::csv("sizes.csv", &rows));
            }
            Some(kind) => {
                let lines = [
                    format!("{kind} for order {order}"),
                    String::new(),
                    format!("Parcel {}", words["tracking"]),
                    "Lamp & Tea Trading, Pingjiang Road 1, Suzhou".to_owned(),
                ];
                files.push(files::pdf(&format!("{kind}-{order}.pdf"), &lines));
            }
            None => {}
        }
        Said {
            text,
            html,
            files,
            delivery: Delivery::Sent,
        }
    }

    fn list(&mut self, words: &Words) -> Vec<Vec<String>> {
        let mut rows = vec![["item", "pieces"].map(str::to_owned).to_vec()];
        for item in self.language.words["lamp"].iter().take(3).chain([&words["tea"]]) {
            rows.push(vec![item.clone(), self.dice.random_range(4..40).to_string()]);
        }
        rows
    }
}

/// The text as a mail program writes it, with a table and a picture that the message carries with it.
fn html_of(text: &str, table: &str, picture: bool) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|part| format!("<p>{}</p>", escape(part).replace('\n', "<br>")))
        .collect();
    let picture = if picture {
        "<p><img src=\"cid:picture@mail\" alt=\"\" width=\"360\"></p>"
    } else {
        ""
    };
    format!("{}{table}{picture}", paragraphs.join(""))
}

fn html_table(rows: &[Vec<String>]) -> String {
    let row = |(place, cells): (usize, &Vec<String>)| {
        let tag = if place == 0 { "th" } else { "td" };
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| {
                format!(
                    "<{tag} style=\"border:1px solid #bbb;padding:4px 12px;text-align:left\">{}</{tag}>",
                    escape(cell)
                )
            })
            .collect();
        format!("<tr>{}</tr>", cells.join(""))
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    format!(
        "<table style=\"border-collapse:collapse\">{}</table>",
        rows.join("")
    )
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_weeks_are_played_up_to_now_and_no_further() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let plan = make(now);
        assert_eq!(plan.tickets.len(), TICKETS);
        assert!(plan.customers.len() >= 80);
        assert!(plan.steps.iter().all(|step| step.at <= now));
        let texts = plan.steps.iter().filter_map(|step| match &step.act {
            Act::Say(said) => Some(&said.text),
            Act::Note { text, .. } | Act::Call { text, .. } => Some(text),
            Act::Tag | Act::Status(_) | Act::Assign(_) => None,
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
