//! What hangs from a ticket: tags, edits, read markers, drafts.

use shouwen_core::actor::ActorKind;
use shouwen_core::id::{AgentId, MacroId, TagId, TicketId, WorkspaceId};
use shouwen_core::message::Visibility;
use shouwen_core::ticket::Field;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, JsonText, Result, Tx};

/// The tags of these tickets.
pub async fn tags(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[TicketId],
) -> Result<Vec<(TicketId, TagId)>> {
    conn.build("SELECT ticket_id, tag_id FROM ticket_tag WHERE workspace_id = $1 AND ticket_id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .push(" ORDER BY tag_id")
        .all()
        .await
}

/// False when the ticket has the tag already.
pub async fn add_tag(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, tag: TagId) -> Result<bool> {
    let added = tx
        .sql("INSERT INTO ticket_tag (workspace_id, ticket_id, tag_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(workspace)
        .bind(ticket)
        .bind(tag)
        .run()
        .await?;
    Ok(added > 0)
}

/// False when the ticket has not the tag.
pub async fn remove_tag(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, tag: TagId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM ticket_tag WHERE workspace_id = $1 AND ticket_id = $2 AND tag_id = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(tag)
        .run()
        .await?;
    Ok(removed > 0)
}

/// What one edit did to one field.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EditRow {
    pub version: i64,
    pub field: Field,
    pub old: Option<String>,
    pub new: Option<String>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub at: Timestamp,
}

pub async fn add_edit(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, edit: &EditRow) -> Result<()> {
    tx.sql(
        "INSERT INTO ticket_edit (workspace_id, ticket_id, version, field, old, new, actor_kind, actor_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, ticket_id, version, field) DO UPDATE SET new = excluded.new",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(edit.version)
    .bind(edit.field)
    .bind(&edit.old)
    .bind(&edit.new)
    .bind(edit.actor_kind)
    .bind(edit.actor_id)
    .bind(edit.at)
    .run()
    .await?;
    Ok(())
}

/// Who changed a field last.
pub async fn last_edit(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    field: Field,
) -> Result<Option<EditRow>> {
    conn.sql(
        "SELECT version, field, old, new, actor_kind, actor_id, at FROM ticket_edit
         WHERE workspace_id = $1 AND ticket_id = $2 AND field = $3 ORDER BY version DESC LIMIT 1",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(field)
    .optional()
    .await
}

/// Moves the reader's mark forward; never back.
pub async fn mark_read(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    agent: AgentId,
    position: i64,
) -> Result<()> {
    tx.sql(
        "INSERT INTO read_marker (workspace_id, ticket_id, agent_id, position) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, ticket_id, agent_id) DO UPDATE SET position = excluded.position
         WHERE read_marker.position < excluded.position",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(agent)
    .bind(position)
    .run()
    .await?;
    Ok(())
}

pub async fn read_position(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    agent: AgentId,
) -> Result<i64> {
    let row: Option<(i64,)> = conn
        .sql("SELECT position FROM read_marker WHERE workspace_id = $1 AND ticket_id = $2 AND agent_id = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(agent)
        .optional()
        .await?;
    Ok(row.map_or(0, |(position,)| position))
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DraftRow {
    pub visibility: Visibility,
    pub text: String,
    /// From which macros it is written.
    pub macro_ids: JsonText<Vec<MacroId>>,
    pub updated_at: Timestamp,
}

pub async fn draft(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    agent: AgentId,
) -> Result<Option<DraftRow>> {
    conn.sql(
        "SELECT visibility, text, macro_ids, updated_at FROM draft
         WHERE workspace_id = $1 AND ticket_id = $2 AND agent_id = $3",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(agent)
    .optional()
    .await
}

pub async fn save_draft(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    agent: AgentId,
    draft: &DraftRow,
) -> Result<()> {
    tx.sql(
        "INSERT INTO draft (workspace_id, ticket_id, agent_id, visibility, text, macro_ids, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, ticket_id, agent_id)
         DO UPDATE SET visibility = excluded.visibility, text = excluded.text, macro_ids = excluded.macro_ids,
           updated_at = excluded.updated_at",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(agent)
    .bind(draft.visibility)
    .bind(&draft.text)
    .bind(JsonText(&draft.macro_ids.0))
    .bind(draft.updated_at)
    .run()
    .await?;
    Ok(())
}

pub async fn clear_draft(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    agent: AgentId,
) -> Result<()> {
    tx.sql("DELETE FROM draft WHERE workspace_id = $1 AND ticket_id = $2 AND agent_id = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(agent)
        .run()
        .await?;
    Ok(())
}
