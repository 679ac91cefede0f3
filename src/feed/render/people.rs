//! What is told of customers to those who see one of their tickets, and to an agent of their own notifications.

use std::collections::HashMap;
use std::sync::Arc;

use shouwen_core::id::{AgentId, CustomerId, NotificationId, TicketId, WorkspaceId};

use super::super::audience::Holders;
use super::super::frame::Frame;
use super::super::room::Interest;
use super::frame;
use crate::db::{Conn, Result};
use crate::http::v1::view::CustomerBrief;
use crate::store::{customers, listeners, notifications};

#[derive(Debug)]
pub(super) struct CustomerPart {
    pub(super) holders: Vec<Holders>,
    pub(super) frame: Arc<str>,
}

#[derive(Debug)]
pub(super) struct NotificationPart {
    pub(super) agent: AgentId,
    pub(super) ticket: TicketId,
    pub(super) frame: Arc<str>,
}

/// The notifications of those who listen.
pub(super) async fn render_notifications(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[NotificationId],
    interest: &Interest,
) -> Result<Vec<NotificationPart>> {
    let shown = notifications::some(conn, workspace, ids).await?.into_iter();
    let heard = shown.filter(|shown| interest.agents.contains(&shown.row.agent_id));
    let part = |shown: notifications::ShownRow| NotificationPart {
        agent: shown.row.agent_id,
        ticket: shown.row.ticket_id,
        frame: frame(&Frame::Notification {
            notification: Box::new(shown.into()),
        }),
    };
    Ok(heard.map(part).collect())
}

pub(super) async fn render_customers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[CustomerId],
) -> Result<Vec<CustomerPart>> {
    let rows = listeners::holders_of_customers(conn, workspace, ids).await?;
    let mut holders: HashMap<CustomerId, Vec<Holders>> = HashMap::new();
    for row in rows {
        let one = Holders {
            team: row.team_id,
            assignee: row.assignee_id,
            owner: row.owner_id,
        };
        holders.entry(row.customer_id).or_default().push(one);
    }
    let mut parts = Vec::new();
    for row in customers::some(conn, workspace, ids).await? {
        let customer = CustomerBrief {
            id: row.id,
            name: row.name,
            tier: row.tier,
        };
        let holders = holders.remove(&row.id).unwrap_or_default();
        parts.push(CustomerPart {
            holders,
            frame: frame(&Frame::Customer { customer }),
        });
    }
    Ok(parts)
}
