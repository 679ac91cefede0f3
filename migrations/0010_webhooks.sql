-- Other programs that are told of events.

CREATE TABLE webhook (
    workspace_id  UUID    NOT NULL REFERENCES workspace (id),
    id            UUID    NOT NULL,
    name          TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    -- JSON list of kinds of events; empty: all that are public.
    kinds         TEXT    NOT NULL,
    -- Sealed: what each call is signed with.
    secret        TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    failing_since BIGINT,
    last_error    TEXT,
    created_by    UUID    NOT NULL,
    created_at    BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, created_by) REFERENCES agent (workspace_id, id)
);
