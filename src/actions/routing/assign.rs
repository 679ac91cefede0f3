//! Gives out a team's backlog: who waits longest first, to whom the rule of core chooses.
//!
//! One giving-out of a workspace runs at a time, under the lock of its routing row, whichever server it is on; so
//! loads do not change beneath the decision but by hand.

use std::collections::BTreeMap;

use shouwen_core::id::{AgentId, TeamId, TicketId, WorkspaceId};
use shouwen_core::routing::{Decision, Giving, Waiting, sort};
use shouwen_core::ticket::{Category, Field};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::facts::Rules;
use super::sight::{Sight, sights};
use crate::actions::notifications::notify;
use crate::actions::tickets::note_edit;
use crate::db::{Conn, Error, JsonText};
use crate::log::Change;
use crate::store::agents;
use crate::store::notifications::NotificationKind;
use crate::store::routing::{self, AssignmentRow, Seek, TeamRoutingRow};
use crate::store::tickets::{self, TicketRow};

/// How many tickets are looked at together.
const PAGE: i64 = 50;
/// How many such pages one change looks at.
const MOST_PAGES: usize = 20;

/// A giving-out in progress.
struct Desk {
    rules: Rules,
    settings: TeamRoutingRow,
    members: Vec<AgentId>,
    sights: Vec<Sight>,
    giving: Giving,
}

/// Gives out what waits in the team, or in none. True when there may be more to do: ask again.
pub async fn give_out(change: &mut Change, team: Option<TeamId>) -> Result<bool, Error> {
    let workspace = change.workspace();
    routing::lock(change.tx(), workspace).await?;
    let Some(mut desk) = Desk::open(change, team).await? else {
        return Ok(false);
    };
    let mut after = [START; CATEGORIES.len()];
    for page in 0..MOST_PAGES {
        let ids = next_page(change.tx(), workspace, team, &mut after, page == 0).await?;
        if ids.is_empty() {
            return Ok(false);
        }
        if !desk.give_page(change, &ids).await? {
            return Ok(true);
        }
        if !desk.giving.has_room() {
            return Ok(false);
        }
    }
    Ok(false)
}

/// What routing would decide on a ticket now; `None` when its team does not give out its tickets.
pub async fn decide_now(
    conn: &mut Conn,
    rules: Rules,
    ticket: &TicketRow,
) -> Result<Option<Decision>, Error> {
    let Some(settings) = rules.team(ticket.team_id).cloned() else {
        return Ok(None);
    };
    if !settings.auto_assign {
        return Ok(None);
    }
    let mut desk = Desk::with(conn, rules, settings).await?;
    let waiting = desk.waiting(conn, std::slice::from_ref(ticket)).await?;
    desk.invite(conn, &waiting).await?;
    Ok(waiting.first().map(|one| desk.decide(one, ticket.team_id)))
}

const CATEGORIES: [&str; 2] = ["new", "open"];
const START: Seek = (Timestamp::from_millis(i64::MIN), TicketId(Uuid::nil()));

impl Desk {
    async fn open(change: &mut Change, team: Option<TeamId>) -> Result<Option<Self>, Error> {
        let (workspace, now) = (change.workspace(), change.now());
        let rules = Rules::load(change.tx(), workspace, now).await?;
        match rules.team(team).filter(|row| row.auto_assign).cloned() {
            Some(settings) => Ok(Some(Self::with(change.tx(), rules, settings).await?)),
            None => Ok(None),
        }
    }

    async fn with(conn: &mut Conn, rules: Rules, settings: TeamRoutingRow) -> Result<Self, Error> {
        let team = settings.team_id;
        let members = members(conn, rules.workspace(), team).await?;
        let (candidates, sights) = rules.candidates(conn, team, &members, &members).await?;
        Ok(Self {
            rules,
            settings,
            members,
            sights,
            giving: Giving::new(candidates),
        })
    }

    async fn waiting(&self, conn: &mut Conn, rows: &[TicketRow]) -> Result<Vec<Waiting>, Error> {
        self.rules.waiting(conn, &self.settings, rows).await
    }

    /// Brings in those whom the tickets ask for by name and who are not of the team.
    async fn invite(&mut self, conn: &mut Conn, waiting: &[Waiting]) -> Result<(), Error> {
        let named = waiting.iter().flat_map(|one| {
            [
                one.facts.owner_id,
                one.facts.dedicated_id,
                one.facts.tier_agent_id,
            ]
        });
        let mut guests: Vec<AgentId> = named
            .flatten()
            .filter(|agent| !self.giving.knows(*agent))
            .collect();
        guests.sort();
        guests.dedup();
        if guests.is_empty() {
            return Ok(());
        }
        let team = self.settings.team_id;
        let (candidates, sights) = self.rules.candidates(conn, team, &guests, &self.members).await?;
        self.giving.join(candidates);
        self.sights.extend(sights);
        Ok(())
    }

    fn decide(&mut self, waiting: &Waiting, team: Option<TeamId>) -> Decision {
        let sights = &self.sights;
        let may_see = |agent| {
            let sight = sights.iter().find(|sight| sight.agent == agent);
            // Who answers for a ticket sees it.
            waiting.facts.owner_id == Some(agent) || sight.is_some_and(|sight| sight.may_hold(team))
        };
        self.giving.give(&waiting.facts, may_see, self.rules.now())
    }

    /// Decides on these tickets and gives them out. False when one of them changed meanwhile.
    async fn give_page(&mut self, change: &mut Change, ids: &[TicketId]) -> Result<bool, Error> {
        let (workspace, now) = (change.workspace(), change.now());
        let rows = tickets::some(change.tx(), workspace, ids).await?;
        let rows: Vec<TicketRow> = rows
            .into_iter()
            .filter(|row| waits_in(row, &self.settings))
            .collect();
        let mut waiting = self.waiting(change.tx(), &rows).await?;
        self.invite(change.tx(), &waiting).await?;
        sort(&mut waiting, now);
        let team = self.settings.team_id;
        let mut chosen: BTreeMap<TicketId, Decision> = BTreeMap::new();
        for one in &waiting {
            let decision = self.decide(one, team);
            if decision.agent_id.is_some() {
                chosen.insert(one.ticket, decision);
            }
        }
        let mut as_it_was = true;
        // In the order of ids, as everybody locks them.
        for (ticket, decision) in chosen {
            as_it_was &= self.give(change, ticket, decision).await?;
        }
        Ok(as_it_was)
    }

    /// Gives one ticket to the agent chosen, if it still waits as it did.
    async fn give(&self, change: &mut Change, id: TicketId, decision: Decision) -> Result<bool, Error> {
        let (workspace, now) = (change.workspace(), change.now());
        let (Some(agent), Some(mut ticket)) = (
            decision.agent_id,
            tickets::lock(change.tx(), workspace, id).await?,
        ) else {
            return Ok(true);
        };
        if !waits_in(&ticket, &self.settings) || ticket.channel != decision.facts.channel {
            return Ok(false);
        }
        ticket.assignee_id = Some(agent);
        ticket.updated_at = now;
        note_edit(change, &ticket, Field::Assignee, None, Some(agent.to_string())).await?;
        tickets::save(change.tx(), workspace, &ticket).await?;
        notify(change, agent, NotificationKind::Assigned, id, None).await?;
        routing::ensure_state(change.tx(), workspace, agent, super::presence::CAPACITY, now).await?;
        routing::note_assigned(change.tx(), workspace, agent, now).await?;
        let row = AssignmentRow {
            ticket_id: id,
            agent_id: agent,
            decided_at: now,
            version: ticket.version,
            decision: JsonText(decision),
        };
        routing::keep_assignment(change.tx(), workspace, &row).await?;
        Ok(true)
    }
}

/// Who is asked: the team, or whoever sees what has none.
async fn members(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
) -> Result<Vec<AgentId>, Error> {
    if let Some(team) = team {
        let all = agents::memberships(conn, workspace).await?;
        let own = all.into_iter().filter(|(of, _)| *of == team);
        return Ok(own.map(|(_, agent)| agent).collect());
    }
    let everybody = agents::all(conn, workspace).await?;
    let ids: Vec<AgentId> = everybody.iter().map(|agent| agent.id).collect();
    let seen = sights(conn, workspace, &ids).await?;
    let see = seen.into_iter().filter(Sight::sees_unasked);
    Ok(see.map(|sight| sight.agent).collect())
}

fn waits_in(row: &TicketRow, settings: &TeamRoutingRow) -> bool {
    row.assignee_id.is_none()
        && row.team_id == settings.team_id
        && row.is_active()
        && matches!(row.category, Category::New | Category::Open)
}

/// The next tickets of the backlog, the longest waiting first. The first page brings those too that wait for no
/// customer, and those nearest to their due time.
async fn next_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
    after: &mut [Seek; CATEGORIES.len()],
    first: bool,
) -> Result<Vec<TicketId>, Error> {
    let mut found: Vec<(Seek, usize)> = Vec::new();
    for (place, category) in CATEGORIES.into_iter().enumerate() {
        let page = routing::waiting_page(conn, workspace, team, category, after[place], PAGE).await?;
        found.extend(page.into_iter().map(|seek| (seek, place)));
    }
    found.sort();
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let mut ids = Vec::new();
    for (seek, place) in found {
        after[place] = seek;
        ids.push(seek.1);
    }
    if first {
        for category in CATEGORIES {
            ids.extend(routing::unowned_page(conn, workspace, team, category, PAGE).await?);
        }
        ids.extend(routing::due_page(conn, workspace, team, PAGE).await?);
        ids.sort();
        ids.dedup();
    }
    Ok(ids)
}
