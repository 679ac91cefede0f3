-- Why work on a ticket was put aside, and since when its customer was waiting for an answer then.
CREATE TABLE ticket_pause (
    workspace_id  UUID   NOT NULL,
    ticket_id     UUID   NOT NULL,
    version       BIGINT NOT NULL,
    category      TEXT   NOT NULL,
    reason        TEXT,
    waiting_since BIGINT,
    actor_kind    TEXT   NOT NULL,
    actor_id      UUID,
    at            BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, version),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);
-- Serves the report of those at which a customer was waiting, newest first.
CREATE INDEX ticket_pause_waiting ON ticket_pause (workspace_id, at DESC, ticket_id DESC, version DESC)
    WHERE waiting_since IS NOT NULL;
