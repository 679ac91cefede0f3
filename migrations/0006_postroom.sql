-- Sending and fetching: answers that wait, chats that go on by mail, mailboxes by OAuth, what is wrong, what signs.

-- An answer by mail that may still be taken back, or goes later. Its id is the id that its message will have: it is no
-- message of its ticket until it is released. `content` is the reply as JSON.
CREATE TABLE scheduled_reply (
    workspace_id       UUID    NOT NULL,
    id                 UUID    NOT NULL,
    ticket_id          UUID    NOT NULL,
    agent_id           UUID    NOT NULL,
    client_key         TEXT    NOT NULL,
    kind               TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    reason             TEXT,
    send_at            BIGINT  NOT NULL,
    cancel_if_answered BOOLEAN NOT NULL,
    content            TEXT    NOT NULL,
    created_at         BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, client_key),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);
CREATE INDEX scheduled_reply_by_ticket ON scheduled_reply (workspace_id, ticket_id, send_at);

-- Uploads that wait with a scheduled reply: the sweep of uploads that were never sent leaves them.
CREATE TABLE scheduled_file (
    workspace_id  UUID   NOT NULL,
    scheduled_id  UUID   NOT NULL,
    attachment_id UUID   NOT NULL,
    position      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, scheduled_id, attachment_id),
    FOREIGN KEY (workspace_id, scheduled_id) REFERENCES scheduled_reply (workspace_id, id),
    FOREIGN KEY (workspace_id, attachment_id) REFERENCES attachment (workspace_id, id)
);
CREATE INDEX scheduled_file_by_attachment ON scheduled_file (workspace_id, attachment_id);

-- Up to which position a chat went on by mail, and when.
CREATE TABLE chat_mail (
    workspace_id UUID   NOT NULL,
    ticket_id    UUID   NOT NULL,
    position     BIGINT NOT NULL,
    mailed_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id)
);

-- An agent's signature; locale '' serves every language that has none of its own.
CREATE TABLE agent_signature (
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    locale       TEXT NOT NULL,
    text         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, agent_id, locale),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);

-- How many mails went through an inbox's account in the minute that it counts.
CREATE TABLE send_rate (
    workspace_id UUID   NOT NULL,
    inbox_id     UUID   NOT NULL,
    minute       BIGINT NOT NULL,
    sent         BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, inbox_id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

-- What an outgoing file went as, when not as a part of the mail: a link, until an instant.
ALTER TABLE attachment ADD COLUMN link_until BIGINT;

-- ---------------------------------------------------------------- fetching

-- Since when a mailbox fails; NULL while it works.
ALTER TABLE mailbox_cursor ADD COLUMN failing_since BIGINT;

-- Older mail that is brought in on request. Its place counts downwards: what is above it was looked at.
CREATE TABLE mailbox_backfill (
    workspace_id UUID   NOT NULL,
    inbox_id     UUID   NOT NULL,
    since        BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    uid_validity BIGINT NOT NULL,
    next_uid     BIGINT NOT NULL,
    end_uid      BIGINT NOT NULL,
    kept         BIGINT NOT NULL,
    passed       BIGINT NOT NULL,
    error        TEXT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, inbox_id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

-- A mailbox that is signed in to by OAuth. The tokens are sealed; one server at a time renews them.
CREATE TABLE mailbox_oauth (
    workspace_id  UUID   NOT NULL,
    inbox_id      UUID   NOT NULL,
    provider      TEXT   NOT NULL,
    username      TEXT   NOT NULL,
    refresh_token TEXT   NOT NULL,
    access_token  TEXT   NOT NULL,
    expires_at    BIGINT NOT NULL,
    renewing_until BIGINT NOT NULL,
    state         TEXT   NOT NULL,
    error         TEXT,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, inbox_id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

-- What administrators must know. Open while cleared_at is NULL; `open_key` keeps one open alarm of a kind and place.
CREATE TABLE alarm (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    kind         TEXT   NOT NULL,
    inbox_id     UUID,
    code         TEXT,
    open_key     TEXT,
    raised_at    BIGINT NOT NULL,
    cleared_at   BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, open_key),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);
CREATE INDEX alarm_by_time ON alarm (workspace_id, raised_at DESC, id DESC);

-- ---------------------------------------------------------------- domains and pictures

-- The key that signs a domain's mail (DKIM, RFC 6376). The private key is sealed; the public one goes into DNS.
CREATE TABLE dkim_key (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    domain       TEXT   NOT NULL,
    selector     TEXT   NOT NULL,
    algorithm    TEXT   NOT NULL,
    private_key  TEXT   NOT NULL,
    public_key   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, domain)
);

-- A remote picture of a mail that was fetched for a reader: kept, so that its sender is asked once.
CREATE TABLE remote_picture (
    workspace_id UUID   NOT NULL,
    url_hash     TEXT   NOT NULL,
    sha256       TEXT   NOT NULL,
    media_type   TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    fetched_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, url_hash),
    FOREIGN KEY (workspace_id, sha256) REFERENCES blob (workspace_id, sha256)
);
CREATE INDEX remote_picture_old ON remote_picture (workspace_id, fetched_at);

-- What a customer does not want to get by mail.
CREATE TABLE opt_out (
    workspace_id UUID   NOT NULL,
    customer_id  UUID   NOT NULL,
    kind         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, customer_id, kind),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customer (workspace_id, id)
);
