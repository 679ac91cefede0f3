//! A clock reached a step of its ladder: it is noted once, and people are told, in their hours if the policy says so.

use serde::{Deserialize, Serialize};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, TeamId, TicketId, TimerId};
use shouwen_core::sla::{Book, Firing, Hours, LevelKind, Metric, Recipient};
use shouwen_core::time::{Length, Timestamp};

use super::story::{Story, Verdict};
use crate::actions::notifications::notify;
use crate::db::Error;
use crate::log::Change;
use crate::store::agents;
use crate::store::notifications::NotificationKind;
use crate::store::sla::clocks::{self, FiringRow, SubjectRow};
use crate::store::timers::{self, TimerRow};

/// Old news are noted, but nobody is told of them: a server that was away, or a desk that has just got its policies.
const NEWS: Length = Length::days(1);
/// The timer that tells people when their hours begin.
pub const NOTICE: &str = "sla_notice";

/// Who works here, read once for all tickets of a change.
#[derive(Debug, Default)]
pub struct People(Option<Known>);

#[derive(Debug)]
struct Known {
    active: Vec<AgentId>,
    supervisors: Vec<AgentId>,
    members: Vec<(TeamId, AgentId)>,
    leads: Vec<(TeamId, AgentId)>,
}

/// What is told later, when hours begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    pub metric: Metric,
    pub cycle: i64,
    pub step: String,
    pub kind: LevelKind,
    pub to: Vec<Recipient>,
}

/// Notes these steps of a ticket as fired. Of several that fire together people are told of the last.
pub async fn fire(
    change: &mut Change,
    book: &Book,
    story: &Story,
    verdict: &Verdict,
    due: &[Firing],
    people: &mut People,
) -> Result<(), Error> {
    let (workspace, now, ticket) = (change.workspace(), change.now(), story.subject.id);
    let rows: Vec<FiringRow> = due
        .iter()
        .map(|step| FiringRow {
            ticket_id: ticket,
            metric: step.metric,
            cycle: step.cycle,
            step: step.key.clone(),
            kind: step.kind,
            fired_at: now,
            withdrawn_at: None,
        })
        .collect();
    clocks::add_firings(change.tx(), workspace, &rows).await?;
    for step in due {
        let clock = verdict.derived.clocks.iter();
        let mut clock = clock.filter(|clock| (clock.metric, clock.cycle) == (step.metric, step.cycle));
        let clock = clock.next();
        let due_at = clock.and_then(|clock| clock.due_at).unwrap_or(step.at);
        let (metric, cycle, level) = (step.metric, step.cycle, step.kind);
        change.record(
            ticket,
            Event::ClockFired {
                metric,
                cycle,
                level,
                due_at,
            },
        );
        let last = due
            .iter()
            .rfind(|other| (other.metric, other.cycle) == (metric, cycle));
        let news = now.since(step.at).millis() < NEWS.millis();
        let open = clock.is_some_and(shouwen_core::sla::Clock::is_open);
        if news && open && last == Some(step) && !step.to.is_empty() {
            let notice = Notice {
                metric,
                cycle,
                step: step.key.clone(),
                kind: level,
                to: step.to.clone(),
            };
            let hours = book.hours(verdict.terms.notify_calendar_id);
            tell_in_hours(change, &story.subject, hours, &notice, people).await?;
        }
    }
    Ok(())
}

async fn tell_in_hours(
    change: &mut Change,
    subject: &SubjectRow,
    hours: Hours<'_>,
    notice: &Notice,
    people: &mut People,
) -> Result<(), Error> {
    let now = change.now();
    let opens = match hours {
        Hours::Always => Some(now),
        Hours::Of(calendar) => calendar.next_open(now),
    };
    match opens {
        Some(at) if at <= now => tell(change, subject, notice, people).await,
        Some(at) => set_notice(change, subject.id, at, notice).await,
        // Hours that never come keep everybody from hearing of it: then now is better.
        None => tell(change, subject, notice, people).await,
    }
}

async fn set_notice(
    change: &mut Change,
    ticket: TicketId,
    at: Timestamp,
    notice: &Notice,
) -> Result<(), Error> {
    let timer = TimerRow {
        workspace_id: change.workspace(),
        id: change.next_id::<TimerId>(),
        ticket_id: Some(ticket),
        kind: NOTICE.to_owned(),
        payload: serde_json::to_string(notice).unwrap_or_default(),
        due_at: at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

/// The hours have begun: people are told unless it is settled meanwhile.
pub async fn tell_late(change: &mut Change, ticket: TicketId, payload: &str) -> Result<(), Error> {
    let workspace = change.workspace();
    let Ok(notice) = serde_json::from_str::<Notice>(payload) else {
        return Ok(());
    };
    clocks::lock(change.tx(), workspace, &[ticket]).await?;
    let subjects = clocks::subjects(change.tx(), workspace, &[ticket]).await?;
    let stands = clocks::firings(change.tx(), workspace, &[ticket])
        .await?
        .into_iter()
        .any(|row| {
            (row.metric, row.cycle, &row.step) == (notice.metric, notice.cycle, &notice.step)
                && row.withdrawn_at.is_none()
        });
    let waits = clocks::of_tickets(change.tx(), workspace, &[ticket])
        .await?
        .into_iter()
        .any(|row| (row.metric, row.cycle) == (notice.metric, notice.cycle) && row.clock().is_open());
    match subjects.first() {
        Some(subject) if stands && waits => tell(change, subject, &notice, &mut People::default()).await,
        _ => Ok(()),
    }
}

async fn tell(
    change: &mut Change,
    subject: &SubjectRow,
    notice: &Notice,
    people: &mut People,
) -> Result<(), Error> {
    let kind = match notice.kind {
        LevelKind::Warning => NotificationKind::SlaWarning,
        LevelKind::Breach => NotificationKind::SlaBreach,
        LevelKind::Level => NotificationKind::SlaLevel,
    };
    for agent in people.receivers(change, subject, &notice.to).await? {
        notify(change, agent, kind, subject.id, None).await?;
    }
    Ok(())
}

impl People {
    /// Who is meant, each once; of people who left nobody.
    async fn receivers(
        &mut self,
        change: &mut Change,
        subject: &SubjectRow,
        to: &[Recipient],
    ) -> Result<Vec<AgentId>, Error> {
        if self.0.is_none() {
            self.0 = Some(Known::read(change).await?);
        }
        let mut agents = Vec::new();
        if let Some(known) = &self.0 {
            for recipient in to {
                known.add(subject, *recipient, &mut agents);
            }
            agents.retain(|agent| known.active.contains(agent));
        }
        agents.sort_unstable();
        agents.dedup();
        Ok(agents)
    }
}

impl Known {
    async fn read(change: &mut Change) -> Result<Self, Error> {
        let workspace = change.workspace();
        let agents = agents::all(change.tx(), workspace).await?;
        let roles = agents::roles(change.tx(), workspace).await?;
        let members = agents::memberships(change.tx(), workspace).await?;
        let leads = agents::teams(change.tx(), workspace).await?;
        let with = |role: BuiltInRole| -> Vec<AgentId> {
            let role = roles
                .iter()
                .find(|row| row.key.as_deref() == Some(role.as_str()))
                .map(|row| row.id);
            let of = agents
                .iter()
                .filter(|agent| agent.active && Some(agent.role_id) == role);
            of.map(|agent| agent.id).collect()
        };
        let mut supervisors = with(BuiltInRole::Supervisor);
        if supervisors.is_empty() {
            supervisors = with(BuiltInRole::Administrator);
        }
        Ok(Self {
            active: agents
                .iter()
                .filter(|agent| agent.active)
                .map(|agent| agent.id)
                .collect(),
            supervisors,
            members,
            leads: leads
                .into_iter()
                .filter_map(|team| Some((team.id, team.lead_id?)))
                .collect(),
        })
    }

    fn add(&self, subject: &SubjectRow, recipient: Recipient, agents: &mut Vec<AgentId>) {
        let of_team = |list: &[(TeamId, AgentId)]| -> Vec<AgentId> {
            let of = list.iter().filter(|(team, _)| Some(*team) == subject.team_id);
            of.map(|(_, agent)| *agent).collect()
        };
        match recipient {
            // A ticket that nobody works on is the team's.
            Recipient::Assignee if subject.assignee_id.is_none() => agents.extend(of_team(&self.members)),
            Recipient::Assignee => agents.extend(subject.assignee_id),
            Recipient::Owner => agents.extend(subject.owner_id),
            Recipient::Team => agents.extend(of_team(&self.members)),
            Recipient::Lead => agents.extend(of_team(&self.leads)),
            Recipient::Supervisors => agents.extend(&self.supervisors),
        }
    }
}
