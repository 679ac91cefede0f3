-- A visitor's conversation goes on through several tickets: each closed one is followed by another. What a visitor
-- says of themselves stays with them; a customer gets it only where nobody else has it.

CREATE TABLE visitor_ticket (
    workspace_id UUID   NOT NULL,
    visitor_id   UUID   NOT NULL,
    ordinal      BIGINT NOT NULL,
    ticket_id    UUID   NOT NULL,
    PRIMARY KEY (workspace_id, visitor_id, ordinal),
    FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitor (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);
CREATE INDEX visitor_ticket_by_ticket ON visitor_ticket (workspace_id, ticket_id);

ALTER TABLE visitor ADD COLUMN claimed_name TEXT;
ALTER TABLE visitor ADD COLUMN claimed_email TEXT;
