-- Who works when and on how much, how a team gives out its tickets, and who answers for a customer.

CREATE TABLE skill (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    name         TEXT   NOT NULL,
    name_folded  TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_folded)
);

-- What routing knows of an agent. One who has no row is offline.
CREATE TABLE agent_state (
    workspace_id UUID    NOT NULL,
    agent_id     UUID    NOT NULL,
    presence     TEXT    NOT NULL,
    -- Set by the desk, not by the agent.
    automatic    BOOLEAN NOT NULL,
    since        BIGINT  NOT NULL,
    capacity     BIGINT  NOT NULL,
    languages    TEXT    NOT NULL,
    shift        TEXT,
    -- When routing gave the agent something last.
    assigned_at  BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, agent_id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

CREATE TABLE agent_skill (
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    skill_id     UUID NOT NULL,
    PRIMARY KEY (workspace_id, agent_id, skill_id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, skill_id) REFERENCES skill (workspace_id, id)
);
CREATE INDEX agent_skill_by_skill ON agent_skill (workspace_id, skill_id);

-- Its row is the lock under which tickets are given out and agents come and go.
CREATE TABLE routing (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    version      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);

CREATE TABLE team_routing (
    workspace_id         UUID    NOT NULL,
    team_id              UUID    NOT NULL,
    auto_assign          BOOLEAN NOT NULL,
    match_language       BOOLEAN NOT NULL,
    release_at_shift_end BOOLEAN NOT NULL,
    weights              TEXT    NOT NULL,
    skill_needs          TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, team_id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id)
);

-- What a customer's tier means: a higher rank comes first.
CREATE TABLE tier (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    name         TEXT   NOT NULL,
    name_folded  TEXT   NOT NULL,
    rank         BIGINT NOT NULL,
    agent_id     UUID,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_folded),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

-- A customer's own agent.
CREATE TABLE customer_agent (
    workspace_id UUID NOT NULL,
    customer_id  UUID NOT NULL,
    agent_id     UUID NOT NULL,
    PRIMARY KEY (workspace_id, customer_id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customer (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);
CREATE INDEX customer_agent_by_agent ON customer_agent (workspace_id, agent_id);

-- The last decision of routing on a ticket, with its reasons: "Why me?".
CREATE TABLE assignment (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    agent_id     UUID   NOT NULL,
    decided_at   BIGINT NOT NULL,
    -- The ticket's version that the decision made.
    version      BIGINT NOT NULL,
    decision     TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

-- An owner asks another to answer for a ticket from now on.
CREATE TABLE owner_offer (
    workspace_id  UUID   NOT NULL,
    id            UUID   NOT NULL,
    ticket_id     UUID   NOT NULL,
    from_agent_id UUID,
    to_agent_id   UUID   NOT NULL,
    offered_by    UUID   NOT NULL,
    note          TEXT,
    state         TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    settled_at    BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, from_agent_id) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, to_agent_id) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, offered_by) REFERENCES agent (workspace_id, id)
);
CREATE UNIQUE INDEX owner_offer_open ON owner_offer (workspace_id, ticket_id) WHERE state = 'open';
CREATE INDEX owner_offer_by_ticket ON owner_offer (workspace_id, ticket_id, created_at DESC, id DESC);
CREATE INDEX owner_offer_to ON owner_offer (workspace_id, to_agent_id, created_at DESC) WHERE state = 'open';

-- What an agent works on, counted by weight without reading a row of the table.
CREATE INDEX ticket_load ON ticket (workspace_id, assignee_id, active, category, team_id, channel);
-- What nobody works on, the longest waiting first.
CREATE INDEX ticket_backlog ON ticket (workspace_id, team_id, active, category, waiting_since, id)
WHERE assignee_id IS NULL;
-- The same, the nearest to its due time first.
CREATE INDEX ticket_backlog_due ON ticket (workspace_id, team_id, active, sla_due_at, id)
WHERE assignee_id IS NULL AND sla_due_at IS NOT NULL;
-- Who waits and is promised nothing.
CREATE INDEX ticket_no_clock ON ticket (workspace_id, active, sla_due_at, waiting_since)
WHERE waiting_since IS NOT NULL AND sla_due_at IS NULL;
-- Who waits longest, whoever works on it.
CREATE INDEX ticket_waiting ON ticket (workspace_id, active, waiting_since, id) WHERE waiting_since IS NOT NULL;
-- Who answers for something of a customer.
CREATE INDEX ticket_owned ON ticket (workspace_id, customer_id, active, owner_id) WHERE owner_id IS NOT NULL;

-- A desk that is there already: whoever leads may route and move ownership.
UPDATE role SET permissions = REPLACE(permissions, ']', ',"ticket.reassign_owner","admin.routing"]')
WHERE key IN ('administrator', 'supervisor') AND permissions <> '[]';
