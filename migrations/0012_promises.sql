-- In whose hours a complaint's ladder runs, and how far the clocks of a long ticket were told,
-- and how tickets without a team are given out.

-- When the step that runs now was called, and by which calendar its time runs; NULL: around the clock. No foreign key:
-- a calendar may go, and the step's time is then found anew.
ALTER TABLE complaint_case ADD COLUMN called_at BIGINT;
ALTER TABLE complaint_case ADD COLUMN ladder_calendar_id UUID;

-- How far a long ticket's log was told for its clocks, so that each message need not read it from the start. It can be
-- found anew from the log at any time. It holds for the events up to `seq`, under this book of policies and this policy,
-- and tells the cycles from these on.
CREATE TABLE sla_fold (
    workspace_id   UUID   NOT NULL,
    ticket_id      UUID   NOT NULL,
    seq            BIGINT NOT NULL,
    stamp          UUID   NOT NULL,
    policy_id      UUID   NOT NULL,
    policy_version BIGINT NOT NULL,
    first_cycle    BIGINT NOT NULL,
    next_cycle     BIGINT NOT NULL,
    fold           TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

-- Serves what an agent answers for, the soonest due first.
CREATE INDEX ticket_by_owner_due ON ticket (workspace_id, owner_id, sla_due_at, id) WHERE sla_due_at IS NOT NULL;

-- How tickets of no team are given out: to whoever sees them.
CREATE TABLE teamless_routing (
    workspace_id         UUID    NOT NULL REFERENCES workspace (id),
    auto_assign          BOOLEAN NOT NULL,
    match_language       BOOLEAN NOT NULL,
    release_at_shift_end BOOLEAN NOT NULL,
    weights              TEXT    NOT NULL,
    skill_needs          TEXT    NOT NULL,
    PRIMARY KEY (workspace_id)
);

-- A customer's message that asks for no answer: "thanks".
ALTER TABLE message ADD COLUMN no_reply_needed BOOLEAN NOT NULL DEFAULT FALSE;
