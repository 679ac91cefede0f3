-- The desk: one workspace's people, tickets and messages, and the spine that moves them.
-- Portable subset (see README.md): UUID TEXT BIGINT BOOLEAN DOUBLE PRECISION, times in epoch milliseconds.

CREATE TABLE workspace (
    id         UUID   PRIMARY KEY,
    name       TEXT   NOT NULL,
    last_seq   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE counter (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    name         TEXT   NOT NULL,
    value        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

-- ---------------------------------------------------------------- the log

CREATE TABLE event (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    seq          BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    ticket_id    UUID,
    actor_kind   TEXT   NOT NULL,
    actor_id     UUID,
    origin       TEXT   NOT NULL,
    cause        BIGINT,
    happened_at  BIGINT NOT NULL,
    written_at   BIGINT NOT NULL,
    payload      TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX event_by_ticket ON event (workspace_id, ticket_id, seq);

CREATE TABLE cursor (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    follower     TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    failures     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, follower)
);

CREATE TABLE set_aside (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    follower     TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    error        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, follower, seq)
);

-- ---------------------------------------------------------------- background work

CREATE TABLE job (
    id           UUID   PRIMARY KEY,
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    kind         TEXT   NOT NULL,
    payload      TEXT   NOT NULL,
    run_at       BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    dead         BOOLEAN NOT NULL,
    last_error   TEXT,
    created_at   BIGINT NOT NULL
);
-- Serves the claim: due jobs in the order in which they became due.
CREATE INDEX job_due ON job (run_at, id) WHERE NOT dead;

CREATE TABLE timer (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    ticket_id    UUID,
    kind         TEXT   NOT NULL,
    payload      TEXT   NOT NULL,
    due_at       BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX timer_due ON timer (due_at, id);
CREATE INDEX timer_by_ticket ON timer (workspace_id, ticket_id);

CREATE TABLE idempotency (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    actor_id     UUID   NOT NULL,
    key          TEXT   NOT NULL,
    request_hash TEXT   NOT NULL,
    status       BIGINT,
    response     TEXT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, actor_id, key)
);
CREATE INDEX idempotency_old ON idempotency (created_at);

-- ---------------------------------------------------------------- people who work here

CREATE TABLE role (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    key          TEXT,
    name         TEXT    NOT NULL,
    permissions  TEXT    NOT NULL,
    scope        TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE agent (
    workspace_id  UUID    NOT NULL REFERENCES workspace (id),
    id            UUID    NOT NULL,
    name          TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    email_folded  TEXT    NOT NULL,
    password_hash TEXT,
    role_id       UUID    NOT NULL,
    locale        TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    created_at    BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (email_folded),
    FOREIGN KEY (workspace_id, role_id) REFERENCES role (workspace_id, id)
);

CREATE TABLE team (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    name         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE team_member (
    workspace_id UUID NOT NULL,
    team_id      UUID NOT NULL,
    agent_id     UUID NOT NULL,
    PRIMARY KEY (workspace_id, team_id, agent_id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);
CREATE INDEX team_member_by_agent ON team_member (workspace_id, agent_id);

CREATE TABLE session (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    token_hash   TEXT   NOT NULL,
    agent_id     UUID   NOT NULL,
    ip           TEXT   NOT NULL,
    user_agent   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);
CREATE INDEX session_by_agent ON session (workspace_id, agent_id);

CREATE TABLE password_reset (
    workspace_id UUID   NOT NULL,
    token_hash   TEXT   NOT NULL,
    agent_id     UUID   NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT,
    PRIMARY KEY (workspace_id, token_hash),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

-- Attempts at something that is throttled: a sign-in by address, by IP. Not of one workspace: nobody is signed in yet.
CREATE TABLE throttle (
    key      TEXT   PRIMARY KEY,
    failures BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT NOT NULL
);

CREATE TABLE api_key (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    name         TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,
    created_by   UUID   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (workspace_id, created_by) REFERENCES agent (workspace_id, id)
);

-- ---------------------------------------------------------------- inboxes and what tickets are sorted by

CREATE TABLE inbox (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    name         TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    address      TEXT,
    widget_key   TEXT,
    team_id      UUID,
    settings     TEXT    NOT NULL,
    secrets      TEXT,
    active       BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (address),
    UNIQUE (widget_key),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id)
);

-- Where an IMAP mailbox has been read up to (RFC 3501 UIDVALIDITY and UID).
CREATE TABLE mailbox_cursor (
    workspace_id UUID   NOT NULL,
    inbox_id     UUID   NOT NULL,
    uid_validity BIGINT NOT NULL,
    last_uid     BIGINT NOT NULL,
    checked_at   BIGINT NOT NULL,
    error_code   TEXT,
    error        TEXT,
    PRIMARY KEY (workspace_id, inbox_id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

CREATE TABLE status (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    key          TEXT,
    name         TEXT    NOT NULL,
    category     TEXT    NOT NULL,
    position     BIGINT  NOT NULL,
    archived     BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE tag (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    name         TEXT   NOT NULL,
    name_folded  TEXT   NOT NULL,
    color        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_folded)
);

-- ---------------------------------------------------------------- customers

CREATE TABLE customer (
    workspace_id    UUID   NOT NULL REFERENCES workspace (id),
    id              UUID   NOT NULL,
    name            TEXT   NOT NULL,
    name_folded     TEXT   NOT NULL,
    tier            TEXT,
    locale          TEXT,
    notes           TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    last_contact_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX customer_by_name ON customer (workspace_id, name_folded);

CREATE TABLE identity (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    customer_id  UUID   NOT NULL,
    kind         TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    folded       TEXT   NOT NULL,
    verified     TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, folded),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customer (workspace_id, id)
);
CREATE INDEX identity_by_customer ON identity (workspace_id, customer_id);

-- ---------------------------------------------------------------- tickets

CREATE TABLE ticket (
    workspace_id      UUID   NOT NULL REFERENCES workspace (id),
    id                UUID   NOT NULL,
    number            BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    subject           TEXT   NOT NULL,
    subject_folded    TEXT   NOT NULL,
    customer_id       UUID   NOT NULL,
    inbox_id          UUID   NOT NULL,
    channel           TEXT   NOT NULL,
    status_id         UUID   NOT NULL,
    category          TEXT   NOT NULL,
    active            BOOLEAN NOT NULL,
    priority          TEXT   NOT NULL,
    team_id           UUID,
    assignee_id       UUID,
    owner_id          UUID,
    preview           TEXT   NOT NULL,
    last_direction    TEXT   NOT NULL,
    last_position     BIGINT NOT NULL,
    last_message_at   BIGINT NOT NULL,
    waiting_since     BIGINT,
    failed            BOOLEAN NOT NULL,
    customer_seen     BIGINT NOT NULL,
    first_response_at BIGINT,
    solved_at         BIGINT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, number),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customer (workspace_id, id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id),
    FOREIGN KEY (workspace_id, status_id) REFERENCES status (workspace_id, id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id),
    FOREIGN KEY (workspace_id, assignee_id) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, owner_id) REFERENCES agent (workspace_id, id)
);
-- Each serves one kind of list, newest first, seeking on (last_message_at, id).
CREATE INDEX ticket_list ON ticket (workspace_id, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_category ON ticket (workspace_id, category, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_assignee ON ticket (workspace_id, assignee_id, active, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_team ON ticket (workspace_id, team_id, active, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_inbox ON ticket (workspace_id, inbox_id, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_customer ON ticket (workspace_id, customer_id, last_message_at DESC, id DESC);
CREATE INDEX ticket_by_subject ON ticket (workspace_id, subject_folded);

CREATE TABLE ticket_tag (
    workspace_id UUID NOT NULL,
    ticket_id    UUID NOT NULL,
    tag_id       UUID NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, tag_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, tag_id) REFERENCES tag (workspace_id, id)
);
CREATE INDEX ticket_tag_by_tag ON ticket_tag (workspace_id, tag_id, ticket_id);

-- What a changed field held before and after: for the reader of the history, for undo, for "who changed it".
-- Erasable, unlike the event that it belongs to. ord keeps edits of one ticket in order (the ticket's version).
CREATE TABLE ticket_edit (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    version      BIGINT NOT NULL,
    field        TEXT   NOT NULL,
    old          TEXT,
    new          TEXT,
    actor_kind   TEXT   NOT NULL,
    actor_id     UUID,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, version, field),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

CREATE TABLE read_marker (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    agent_id     UUID   NOT NULL,
    position     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, agent_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

CREATE TABLE draft (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    agent_id     UUID   NOT NULL,
    visibility   TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, agent_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

-- ---------------------------------------------------------------- messages

CREATE TABLE message (
    workspace_id    UUID   NOT NULL REFERENCES workspace (id),
    id              UUID   NOT NULL,
    ticket_id       UUID   NOT NULL,
    first_ticket_id UUID   NOT NULL,
    inbox_id        UUID   NOT NULL,
    position        BIGINT NOT NULL,
    channel         TEXT   NOT NULL,
    direction       TEXT   NOT NULL,
    visibility      TEXT   NOT NULL,
    author_kind     TEXT   NOT NULL,
    author_id       UUID,
    client_key      TEXT,
    text            TEXT   NOT NULL,
    reply_text      TEXT,
    html            TEXT,
    automatic       BOOLEAN NOT NULL,
    delivery        TEXT   NOT NULL,
    delivery_error  TEXT,
    mail            TEXT,
    call            TEXT,
    raw_id          UUID,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, ticket_id, position),
    UNIQUE (workspace_id, client_key),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, first_ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

-- Message-IDs (RFC 5322) that stand for a message of ours, sent or received: how a reply finds its ticket.
CREATE TABLE mail_reference (
    workspace_id UUID NOT NULL,
    mail_id      TEXT NOT NULL,
    message_id   UUID NOT NULL,
    PRIMARY KEY (workspace_id, mail_id, message_id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX mail_reference_by_message ON mail_reference (workspace_id, message_id);

-- One row per recipient of an outgoing mail.
CREATE TABLE delivery (
    workspace_id UUID   NOT NULL,
    message_id   UUID   NOT NULL,
    recipient    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    response     TEXT,
    attempts     BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id, recipient),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);

CREATE TABLE raw_mail (
    workspace_id  UUID   NOT NULL,
    id            UUID   NOT NULL,
    inbox_id      UUID   NOT NULL,
    envelope_from TEXT   NOT NULL,
    envelope_to   TEXT   NOT NULL,
    source        TEXT   NOT NULL,
    origin        TEXT   NOT NULL,
    size          BIGINT NOT NULL,
    blob          TEXT   NOT NULL,
    mail_id       TEXT,
    body_hash     TEXT,
    state         TEXT   NOT NULL,
    reason        TEXT,
    message_id    UUID,
    received_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);
CREATE INDEX raw_mail_by_inbox ON raw_mail (workspace_id, inbox_id, received_at DESC, id DESC);
-- A duplicate is the same mailbox, Message-ID and body. NULLs differ, so only what was read counts.
CREATE UNIQUE INDEX raw_mail_once ON raw_mail (workspace_id, inbox_id, mail_id, body_hash);

-- ---------------------------------------------------------------- files

CREATE TABLE blob (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    sha256       TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    uses         BIGINT NOT NULL,
    unused_since BIGINT,
    PRIMARY KEY (workspace_id, sha256)
);
CREATE INDEX blob_unused ON blob (unused_since) WHERE unused_since IS NOT NULL;

CREATE TABLE attachment (
    workspace_id UUID    NOT NULL,
    id           UUID    NOT NULL,
    message_id   UUID,
    uploader_id  UUID,
    position     BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    media_type   TEXT    NOT NULL,
    size         BIGINT  NOT NULL,
    sha256       TEXT    NOT NULL,
    inline       BOOLEAN NOT NULL,
    content_id   TEXT,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id),
    FOREIGN KEY (workspace_id, sha256) REFERENCES blob (workspace_id, sha256)
);
CREATE INDEX attachment_by_message ON attachment (workspace_id, message_id);
CREATE INDEX attachment_by_blob ON attachment (workspace_id, sha256);
CREATE INDEX attachment_loose ON attachment (created_at) WHERE message_id IS NULL;

-- ---------------------------------------------------------------- chat, phone, notifications

CREATE TABLE visitor (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    inbox_id     UUID   NOT NULL,
    customer_id  UUID   NOT NULL,
    token_hash   TEXT   NOT NULL,
    ticket_id    UUID,
    locale       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customer (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);
CREATE INDEX visitor_by_ticket ON visitor (workspace_id, ticket_id);

CREATE TABLE call (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    external_id  TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    direction    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    customer_id  UUID,
    agent_id     UUID,
    ticket_id    UUID,
    duration_s   BIGINT,
    started_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, external_id)
);
CREATE INDEX call_by_state ON call (workspace_id, state, started_at DESC);

CREATE TABLE notification (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    agent_id     UUID   NOT NULL,
    kind         TEXT   NOT NULL,
    ticket_id    UUID   NOT NULL,
    message_id   UUID,
    by_id        UUID,
    created_at   BIGINT NOT NULL,
    read_at      BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);
CREATE INDEX notification_by_agent ON notification (workspace_id, agent_id, created_at DESC, id DESC);
CREATE INDEX notification_unread ON notification (workspace_id, agent_id, kind, ticket_id) WHERE read_at IS NULL;
