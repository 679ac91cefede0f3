-- What becomes of incoming mail: why it joined its ticket, who really wrote it, what waits for a person, what was
-- merged and split, who is blocked.

-- The other end of the session that brought it, for checking who wrote, and what the list of mails shows. Addresses
-- and subjects are emptied with the raw octets.
ALTER TABLE raw_mail ADD COLUMN peer TEXT;
ALTER TABLE raw_mail ADD COLUMN helo TEXT;
ALTER TABLE raw_mail ADD COLUMN header_from TEXT;
ALTER TABLE raw_mail ADD COLUMN subject TEXT;
ALTER TABLE raw_mail ADD COLUMN authenticity TEXT;
-- A person said that it shall become a message, perhaps of a certain ticket.
ALTER TABLE raw_mail ADD COLUMN recovered BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE raw_mail ADD COLUMN recovered_into UUID;
ALTER TABLE raw_mail ADD COLUMN settled_by UUID;
ALTER TABLE raw_mail ADD COLUMN settled_at BIGINT;
CREATE INDEX raw_mail_newest ON raw_mail (workspace_id, received_at DESC, id DESC);
CREATE INDEX raw_mail_by_state ON raw_mail (workspace_id, state, received_at DESC, id DESC);

-- Who read the raw source of a mail.
CREATE TABLE raw_reading (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    raw_id       UUID   NOT NULL,
    agent_id     UUID,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, raw_id) REFERENCES raw_mail (workspace_id, id)
);
CREATE INDEX raw_reading_by_mail ON raw_reading (workspace_id, raw_id, id);

-- Tickets that were joined into another, that continue a closed one, that are spam. (SQLite adds no composite foreign
-- key to a table that is there.)
ALTER TABLE ticket ADD COLUMN spam BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE ticket ADD COLUMN merged_into UUID;
ALTER TABLE ticket ADD COLUMN follow_up_of UUID;
-- No list shows spam among the rest, so the lists' indexes part with it.
DROP INDEX ticket_list;
CREATE INDEX ticket_list ON ticket (workspace_id, spam, last_message_at DESC, id DESC);
DROP INDEX ticket_by_category;
CREATE INDEX ticket_by_category ON ticket (workspace_id, spam, category, last_message_at DESC, id DESC);

-- A merge, with what undoing it needs: how the ticket that went stood (JSON of ids, words and instants).
CREATE TABLE ticket_merge (
    workspace_id UUID   NOT NULL,
    id           UUID   NOT NULL,
    loser_id     UUID   NOT NULL,
    winner_id    UUID   NOT NULL,
    stood        TEXT   NOT NULL,
    actor_kind   TEXT   NOT NULL,
    actor_id     UUID,
    at           BIGINT NOT NULL,
    undone_at    BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, loser_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, winner_id) REFERENCES ticket (workspace_id, id)
);
CREATE INDEX ticket_merge_by_loser ON ticket_merge (workspace_id, loser_id, at);

-- The messages that came with a merge, and those that came later to the ticket that had gone.
CREATE TABLE merged_message (
    workspace_id UUID NOT NULL,
    merge_id     UUID NOT NULL,
    message_id   UUID NOT NULL,
    PRIMARY KEY (workspace_id, merge_id, message_id),
    FOREIGN KEY (workspace_id, merge_id) REFERENCES ticket_merge (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX merged_message_by_message ON merged_message (workspace_id, message_id);
CREATE INDEX notification_by_ticket ON notification (workspace_id, ticket_id);
CREATE INDEX call_by_ticket ON call (workspace_id, ticket_id);

-- Addresses and domains whose mail is kept back, or always becomes tickets. One rule for one sender.
CREATE TABLE sender_rule (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    id           UUID   NOT NULL,
    kind         TEXT   NOT NULL,
    sender       TEXT   NOT NULL,
    why          TEXT   NOT NULL,
    agent_id     UUID,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, sender)
);
CREATE INDEX sender_rule_newest ON sender_rule (workspace_id, created_at DESC, id DESC);

-- How many mails came from a sender, or in a thread, minute by minute.
CREATE TABLE mail_flow (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    key          TEXT   NOT NULL,
    minute       BIGINT NOT NULL,
    mails        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key, minute)
);
CREATE INDEX mail_flow_old ON mail_flow (workspace_id, minute);

-- When a sender was last told that their mail arrived.
CREATE TABLE acknowledgement (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    sender       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, sender)
);
CREATE INDEX acknowledgement_old ON acknowledgement (workspace_id, at);

-- Why a recipient was not reached: a word for the reader's language, and the code (RFC 3463).
ALTER TABLE delivery ADD COLUMN reason TEXT;
ALTER TABLE delivery ADD COLUMN code TEXT;
-- Since when, and why, mail to an address comes back.
ALTER TABLE identity ADD COLUMN undeliverable_since BIGINT;
ALTER TABLE identity ADD COLUMN undeliverable_reason TEXT;
