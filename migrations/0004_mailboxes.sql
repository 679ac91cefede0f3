-- Of several servers one fetches a mailbox: the one that holds its lease.
ALTER TABLE mailbox_cursor ADD COLUMN node UUID;
ALTER TABLE mailbox_cursor ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;

-- The row of a mail outlives its raw octets: it tells a mail that comes again.
DROP INDEX raw_mail_old;
CREATE INDEX raw_mail_old ON raw_mail (workspace_id, received_at) WHERE state <> 'received' AND blob <> '';
-- Serves the sweeps of what is past its time.
CREATE INDEX session_old ON session (expires_at);
CREATE INDEX password_reset_old ON password_reset (expires_at);
