-- What the mail road needs beside the desk.

-- Sending waits for other servers, so it has slots of its own and is claimed by itself.
CREATE INDEX job_due_by_kind ON job (kind, run_at, id) WHERE NOT dead;
CREATE INDEX job_dead ON job (id) WHERE dead;
-- Serves the sweep of raw mail that is past its time.
CREATE INDEX raw_mail_old ON raw_mail (received_at) WHERE state <> 'received';
