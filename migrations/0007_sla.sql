-- Business time and what is promised in it.

CREATE TABLE calendar (
    workspace_id    UUID   NOT NULL REFERENCES workspace (id),
    id              UUID   NOT NULL,
    version         BIGINT NOT NULL,
    name            TEXT   NOT NULL,
    rules           TEXT   NOT NULL,
    -- What the feed said when it could be fetched last, and what went wrong since.
    feed_days       TEXT   NOT NULL,
    feed_fetched_at BIGINT,
    feed_error      TEXT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE sla_policy (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    version      BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    position     BIGINT  NOT NULL,
    is_default   BOOLEAN NOT NULL,
    deleted      BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What a policy promised in each of its versions: a ticket that is over keeps the verdict of the one it had.
CREATE TABLE sla_terms (
    workspace_id UUID   NOT NULL,
    policy_id    UUID   NOT NULL,
    version      BIGINT NOT NULL,
    terms        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, policy_id, version),
    FOREIGN KEY (workspace_id, policy_id) REFERENCES sla_policy (workspace_id, id)
);

-- Another stamp with every change of a policy or a calendar: what was read under it may be kept in memory.
CREATE TABLE sla_book (
    workspace_id UUID PRIMARY KEY REFERENCES workspace (id),
    stamp        UUID NOT NULL
);

-- What follows from a ticket's events for each metric, kept for lists.
CREATE TABLE sla_clock (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    metric       TEXT   NOT NULL,
    cycle        BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    started_at   BIGINT NOT NULL,
    target_s     BIGINT NOT NULL,
    due_at       BIGINT,
    warn_at      BIGINT,
    remaining_s  BIGINT,
    paused_since BIGINT,
    met_at       BIGINT,
    stopped_at   BIGINT,
    breached_at  BIGINT,
    PRIMARY KEY (workspace_id, ticket_id, metric),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

-- Each step of a ladder fires once for each cycle of a clock, unless it is withdrawn.
CREATE TABLE sla_firing (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    metric       TEXT   NOT NULL,
    cycle        BIGINT NOT NULL,
    step         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    fired_at     BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (workspace_id, ticket_id, metric, cycle, step),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

-- Holding the open tickets against other policies or calendars: to see what would change, or after it did.
CREATE TABLE sla_run (
    workspace_id      UUID   NOT NULL REFERENCES workspace (id),
    id                UUID   NOT NULL,
    kind              TEXT   NOT NULL,
    state             TEXT   NOT NULL,
    draft             TEXT,
    total             BIGINT NOT NULL,
    done              BIGINT NOT NULL,
    moved             BIGINT NOT NULL,
    become_overdue    BIGINT NOT NULL,
    no_longer_overdue BIGINT NOT NULL,
    last_ticket       UUID,
    error             TEXT,
    created_at        BIGINT NOT NULL,
    finished_at       BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX sla_run_newest ON sla_run (workspace_id, created_at DESC, id DESC);

ALTER TABLE ticket ADD COLUMN sla_policy_id UUID;
ALTER TABLE ticket ADD COLUMN sla_policy_version BIGINT;
-- The nearest due time of a clock that is not met.
ALTER TABLE ticket ADD COLUMN sla_due_at BIGINT;
-- When the ticket's timer of the clocks is set.
ALTER TABLE ticket ADD COLUMN sla_next_at BIGINT;
ALTER TABLE ticket ADD COLUMN sla_fired BOOLEAN NOT NULL DEFAULT FALSE;

-- Lists with the soonest due first, seeking on (sla_due_at, id).
CREATE INDEX ticket_by_due ON ticket (workspace_id, sla_due_at, id) WHERE sla_due_at IS NOT NULL;
CREATE INDEX ticket_by_assignee_due ON ticket (workspace_id, assignee_id, sla_due_at, id) WHERE sla_due_at IS NOT NULL;
CREATE INDEX ticket_by_team_due ON ticket (workspace_id, team_id, sla_due_at, id) WHERE sla_due_at IS NOT NULL;
-- Open tickets page by page, whatever their age.
CREATE INDEX ticket_active ON ticket (workspace_id, id) WHERE active = TRUE;

-- Who is told when a team's promise is in danger.
ALTER TABLE team ADD COLUMN lead_id UUID;

-- A desk that is there already promises what a new one does. Its default policy has the workspace's own id.
INSERT INTO sla_policy (workspace_id, id, version, name, position, is_default, deleted, created_at, updated_at)
    SELECT id, id, 1, '', 0, TRUE, FALSE, created_at, created_at FROM workspace;
INSERT INTO sla_terms (workspace_id, policy_id, version, terms, at)
    SELECT id, id, 1, '{"conditions":[],"calendar_id":null,"first_response_s":86400,"next_response_s":null,"resolution_s":259200,"pause_on_hold":false,"levels":[{"metric":"first_response","when":"percent","value":75,"to":["assignee"]},{"metric":"first_response","when":"breach","value":0,"to":["assignee","lead","supervisors"]},{"metric":"resolution","when":"percent","value":75,"to":["assignee"]},{"metric":"resolution","when":"breach","value":0,"to":["assignee","lead","supervisors"]}],"notify_calendar_id":null}', created_at
    FROM workspace;
INSERT INTO sla_book (workspace_id, stamp) SELECT id, id FROM workspace;

-- The administrators of a desk that is there already may set what is promised.
UPDATE role SET permissions = REPLACE(permissions, '"admin.keys"', '"admin.keys","admin.sla"')
    WHERE key = 'administrator' AND permissions NOT LIKE '%admin.sla%';

-- Tickets that are open already get their clocks.
INSERT INTO sla_run (workspace_id, id, kind, state, total, done, moved, become_overdue, no_longer_overdue, created_at)
    SELECT id, id, 'recompute', 'waiting', 0, 0, 0, 0, 0, created_at FROM workspace;
INSERT INTO job (id, workspace_id, kind, payload, run_at, lease_until, attempts, dead, created_at)
    SELECT id, id, 'sla_run', 'null', created_at, 0, 0, FALSE, created_at FROM workspace;
