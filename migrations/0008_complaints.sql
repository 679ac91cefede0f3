-- Kinds of tickets, complaints as cases, and what grades demand. Built-in kinds, categories and rules live in the
-- program; a row stands here only where a workspace changed one or has its own.

-- The key of a built-in kind or the id of one of the workspace's own.
ALTER TABLE ticket ADD COLUMN kind TEXT NOT NULL DEFAULT 'inquiry';
-- Serves "has complained before": only complaints are in it.
CREATE INDEX ticket_complaint ON ticket (workspace_id, customer_id, created_at) WHERE kind = 'complaint';

CREATE TABLE ticket_kind (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    key          TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    archived     BOOLEAN NOT NULL,
    position     BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

CREATE TABLE complaint_policy (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    policy       TEXT NOT NULL,
    PRIMARY KEY (workspace_id)
);

CREATE TABLE grade_rule (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    grade        TEXT NOT NULL,
    rule         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, grade)
);

-- NULL: no ceiling.
CREATE TABLE grade_ceiling (
    workspace_id UUID   NOT NULL,
    role_id      UUID   NOT NULL,
    grade        TEXT   NOT NULL,
    refund       BIGINT,
    compensation BIGINT,
    PRIMARY KEY (workspace_id, role_id, grade),
    FOREIGN KEY (workspace_id, role_id) REFERENCES role (workspace_id, id)
);

-- parent_id has no foreign key, so that a backup's rows can be added in any order.
CREATE TABLE complaint_category (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    parent_id    UUID,
    key          TEXT,
    name         TEXT    NOT NULL,
    archived     BOOLEAN NOT NULL,
    position     BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What the customer's messages showed so far, in their own words: erasable.
CREATE TABLE complaint_reading (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    findings     TEXT   NOT NULL,
    suggestion   TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

CREATE TABLE complaint_case (
    workspace_id      UUID   NOT NULL,
    ticket_id         UUID   NOT NULL,
    version           BIGINT NOT NULL,
    state             TEXT   NOT NULL,
    opened_at         BIGINT NOT NULL,
    opened_by_kind    TEXT   NOT NULL,
    opened_by         UUID,
    suggested         TEXT   NOT NULL,
    grade             TEXT,
    category_id       UUID,
    cause             TEXT   NOT NULL,
    liable            TEXT,
    remedy            TEXT,
    remedy_note       TEXT   NOT NULL,
    cost_minor        BIGINT,
    cost_currency     TEXT,
    authority_name    TEXT   NOT NULL,
    authority_number  TEXT   NOT NULL,
    authority_due_at  BIGINT,
    follow_up_at      BIGINT,
    follow_up_note    TEXT   NOT NULL,
    follow_up_done_at BIGINT,
    follow_up_outcome TEXT   NOT NULL,
    ladder_level      BIGINT NOT NULL,
    answer_by         BIGINT,
    taken_by          UUID,
    taken_at          BIGINT,
    closed_at         BIGINT,
    closure           TEXT,
    closed_by         UUID,
    closed_note       TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, category_id) REFERENCES complaint_category (workspace_id, id),
    FOREIGN KEY (workspace_id, taken_by) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, closed_by) REFERENCES agent (workspace_id, id)
);

CREATE TABLE case_check (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    key          TEXT   NOT NULL,
    done_by      UUID,
    done_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, key),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES complaint_case (workspace_id, ticket_id)
);

-- Every change of a case, with its words: erasable, unlike the event that it belongs to.
CREATE TABLE case_change (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    field        TEXT   NOT NULL,
    old          TEXT,
    new          TEXT,
    reason       TEXT   NOT NULL,
    actor_kind   TEXT   NOT NULL,
    actor_id     UUID,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES complaint_case (workspace_id, ticket_id)
);
CREATE INDEX case_change_by_ticket ON case_change (workspace_id, ticket_id, at DESC, id DESC);

CREATE TABLE case_evidence (
    workspace_id  UUID   NOT NULL,
    id            UUID   NOT NULL,
    ticket_id     UUID   NOT NULL,
    kind          TEXT   NOT NULL,
    message_id    UUID,
    attachment_id UUID,
    url           TEXT,
    name          TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    added_by      UUID,
    added_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES complaint_case (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX case_evidence_by_ticket ON case_evidence (workspace_id, ticket_id, id);

CREATE TABLE compensation (
    workspace_id  UUID    NOT NULL,
    id            UUID    NOT NULL,
    ticket_id     UUID    NOT NULL,
    kind          TEXT    NOT NULL,
    minor         BIGINT  NOT NULL,
    currency      TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    above_ceiling BOOLEAN NOT NULL,
    requested_by  UUID    NOT NULL,
    requested_at  BIGINT  NOT NULL,
    decided_by    UUID,
    decided_at    BIGINT,
    decision      TEXT    NOT NULL,
    paid_at       BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES complaint_case (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, requested_by) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, decided_by) REFERENCES agent (workspace_id, id)
);
CREATE INDEX compensation_by_ticket ON compensation (workspace_id, ticket_id, id);

-- Built-in roles of a workspace that is there already learn what is new.
UPDATE role SET permissions = replace(permissions, ']', ',"complaint.edit"]')
    WHERE key IN ('agent', 'supervisor', 'administrator') AND permissions <> '[]';
UPDATE role SET permissions = replace(permissions, ']', ',"complaint.approve","complaint.close"]')
    WHERE key IN ('supervisor', 'administrator') AND permissions <> '[]';
UPDATE role SET permissions = replace(permissions, ']', ',"admin.complaints"]')
    WHERE key = 'administrator' AND permissions <> '[]';
