//! A call as each agent gets it: of the caller and their tickets, what the agent may see.

use std::collections::HashSet;
use std::sync::Arc;

use shouwen_core::actor::{Actor, Permission};
use shouwen_core::id::{CallId, TicketId, WorkspaceId};

use super::super::audience::{Audience, Holders};
use super::super::frame::Frame;
use super::frame;
use crate::db::{Conn, Result};
use crate::http::v1::calls::{RingingCall, shown};
use crate::store::{calls as rows, listeners};

#[derive(Debug)]
pub(super) struct CallPart {
    call: RingingCall,
    /// Of the customer's open tickets.
    holders: Vec<(TicketId, Holders)>,
    /// Of every ticket of the customer: who sees one of them, or finds none, sees the customer.
    customer: Vec<Holders>,
}

/// The call with every open ticket of its customer; each reader gets those that they may see.
pub(super) async fn render_call(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: CallId,
) -> Result<Option<CallPart>> {
    let Some(row) = rows::find(conn, workspace, id).await? else {
        return Ok(None);
    };
    let Ok(call) = shown(conn, &Actor::system(workspace), &row).await else {
        return Ok(None);
    };
    let ids: Vec<_> = call.open_tickets.iter().map(|ticket| ticket.id).collect();
    let rows = listeners::holders(conn, workspace, &ids).await?;
    let holders = rows.into_iter().map(|row| {
        (
            row.id,
            Holders {
                team: row.team_id,
                assignee: row.assignee_id,
                owner: row.owner_id,
            },
        )
    });
    let holders = holders.collect();
    let mut customer = Vec::new();
    if let Some(id) = row.customer_id {
        let rows = listeners::holders_of_customers(conn, workspace, &[id]).await?;
        customer.extend(rows.into_iter().map(|row| Holders {
            team: row.team_id,
            assignee: row.assignee_id,
            owner: row.owner_id,
        }));
    }
    Ok(Some(CallPart {
        call,
        holders,
        customer,
    }))
}

impl CallPart {
    pub(super) fn frame_for(&self, audience: &Audience) -> Arc<str> {
        let mut call = self.call.clone();
        let visible: HashSet<TicketId> = self
            .holders
            .iter()
            .filter(|(_, holders)| audience.sees(holders))
            .map(|(id, _)| *id)
            .collect();
        call.open_tickets.retain(|ticket| visible.contains(&ticket.id));
        let known = self.customer.is_empty() || self.customer.iter().any(|ticket| audience.sees(ticket));
        if !known || !audience.may(Permission::CustomerRead) {
            call.customer = None;
        }
        frame(&Frame::Call { call: Box::new(call) })
    }
}
