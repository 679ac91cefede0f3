//! What belongs to a ticket besides its messages, and goes along when they move to another.

use shouwen_core::id::{CallId, MessageId, TicketId, TimerId, VisitorId, WorkspaceId};

use crate::db::{Param, Query, Record, Result, Tx};

/// What an agent was told of a message is found where the message is.
pub async fn notifications_follow(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    to: TicketId,
) -> Result<()> {
    tx.sql(
        "UPDATE notification SET ticket_id = $3
         WHERE workspace_id = $1 AND ticket_id = $2 AND message_id IN
           (SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $3)",
    )
    .bind(workspace)
    .bind(from)
    .bind(to)
    .run()
    .await?;
    Ok(())
}

/// What somebody was writing goes along, unless they were writing there too.
pub async fn drafts_follow(tx: &mut Tx, workspace: WorkspaceId, from: TicketId, to: TicketId) -> Result<()> {
    tx.sql(
        "UPDATE draft SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND agent_id NOT IN
           (SELECT agent_id FROM draft WHERE workspace_id = $1 AND ticket_id = $3)",
    )
    .bind(workspace)
    .bind(from)
    .bind(to)
    .run()
    .await?;
    Ok(())
}

/// The reminders of a ticket go to another; which ones. With a list, only those.
pub async fn move_follow_ups(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    to: TicketId,
    only: Option<&[TimerId]>,
) -> Result<Vec<TimerId>> {
    let query = tx
        .build("UPDATE timer SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND kind = 'follow_up'")
        .bind(workspace)
        .bind(from)
        .bind(to);
    reached(query, "id", only).await
}

/// The calls of a ticket go to another; which ones. With a list, only those.
pub async fn move_calls(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    to: TicketId,
    only: Option<&[CallId]>,
) -> Result<Vec<CallId>> {
    let query = tx
        .build("UPDATE call SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2")
        .bind(workspace)
        .bind(from)
        .bind(to);
    reached(query, "id", only).await
}

/// Conversations of the chat that ran through a ticket run through another; whose. With a list, only theirs.
pub async fn move_visitors(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    to: TicketId,
    only: Option<&[VisitorId]>,
) -> Result<Vec<VisitorId>> {
    let query = tx
        .build(
            "UPDATE visitor_ticket SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND visitor_id NOT IN
               (SELECT visitor_id FROM visitor_ticket WHERE workspace_id = $1 AND ticket_id = $3)",
        )
        .bind(workspace)
        .bind(from)
        .bind(to);
    let moved = reached(query, "visitor_id", only).await?;
    if !moved.is_empty() {
        tx.build("UPDATE visitor SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND id IN ")
            .bind(workspace)
            .bind(from)
            .bind(to)
            .push_list(moved.iter().copied())
            .run()
            .await?;
    }
    Ok(moved)
}

/// Answers that wait to be sent from a ticket go from another; which ones. With a list, only those.
pub async fn move_waiting(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    to: TicketId,
    only: Option<&[MessageId]>,
) -> Result<Vec<MessageId>> {
    let query = tx
        .build("UPDATE scheduled_reply SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2")
        .bind(workspace)
        .bind(from)
        .bind(to);
    reached(query, "id", only).await
}

/// Runs an update, with a list only of the rows that it names; the ids of the rows that it reached.
async fn reached<Id>(query: Query<'_>, column: &'static str, only: Option<&[Id]>) -> Result<Vec<Id>>
where
    Id: Copy + for<'q> Param<'q>,
    (Id,): Record,
{
    let query = match only {
        Some(only) => query
            .push(" AND ")
            .push(column)
            .push(" IN ")
            .push_list(only.iter().copied()),
        None => query,
    };
    let rows: Vec<(Id,)> = query.push(" RETURNING ").push(column).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
