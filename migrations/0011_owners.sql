-- Serves the part of a narrow scope that is an agent's own matters.
CREATE INDEX ticket_by_owner ON ticket (workspace_id, owner_id, active, last_message_at DESC, id DESC);
