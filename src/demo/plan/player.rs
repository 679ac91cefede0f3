//! Plays one conversation: who speaks when, until it ends or reaches the present.

use rand::RngExt;
use rand::rngs::StdRng;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::time::{Length, Timestamp};

use super::{Act, Opening, Plan, Step};
use crate::demo::calendar::{at_work, awake};
use crate::demo::scenario::{Language, Scenario, Speaker, Turn, read_turn};
use crate::demo::staff::{STAFF, SUPERVISOR, VISITED, team};
use crate::demo::words::{Words, chance, fill};
use crate::store::messages::Outcome;

/// Plays one conversation.
pub(super) struct Player<'a> {
    pub(super) plan: &'a mut Plan,
    pub(super) dice: &'a mut StdRng,
    pub(super) language: &'a Language,
    pub(super) scenario: &'a Scenario,
    pub(super) now: Timestamp,
    pub(super) at: Timestamp,
}

impl Player<'_> {
    pub(super) fn play(&mut self, ticket: usize, round: usize) {
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
}
