-- Email proved: signing keys that follow one another, mail that came to several inboxes, what supervisors may.

-- The keys that sign a domain's mail (DKIM, RFC 6376), each under its selector, so that one can be published before the
-- other is laid down. It takes the place of dkim_key, which no longer counts.
CREATE TABLE dkim_selector (
    workspace_id UUID   NOT NULL REFERENCES workspace (id),
    domain       TEXT   NOT NULL,
    selector     TEXT   NOT NULL,
    algorithm    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    private_key  TEXT   NOT NULL,
    public_key   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, domain, selector)
);
INSERT INTO dkim_selector (workspace_id, domain, selector, algorithm, state, private_key, public_key, created_at)
SELECT workspace_id, domain, selector, algorithm, 'signs', private_key, public_key, created_at FROM dkim_key;

-- The other inboxes to which a mail of a ticket came as well.
CREATE TABLE ticket_inbox (
    workspace_id UUID NOT NULL,
    ticket_id    UUID NOT NULL,
    inbox_id     UUID NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, inbox_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, inbox_id) REFERENCES inbox (workspace_id, id)
);

-- Supervisors whose role was made before these permissions were.
UPDATE role SET permissions = REPLACE(permissions, ']', ',"mail.read"]')
WHERE key = 'supervisor' AND permissions <> '[]' AND permissions NOT LIKE '%"mail.read"%';
UPDATE role SET permissions = REPLACE(permissions, ']', ',"mail.recover"]')
WHERE key = 'supervisor' AND permissions <> '[]' AND permissions NOT LIKE '%"mail.recover"%';
