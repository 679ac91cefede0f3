-- Macros ("saved replies"), and from which of them a draft was written.

-- Of an agent: only theirs. Of a team: of its members. Of neither: everybody's.
CREATE TABLE macro (
    workspace_id UUID    NOT NULL REFERENCES workspace (id),
    id           UUID    NOT NULL,
    name         TEXT    NOT NULL,
    shortcut     TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    team_id      UUID,
    agent_id     UUID,
    active       BOOLEAN NOT NULL,
    position     BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id),
    FOREIGN KEY (workspace_id, agent_id) REFERENCES agent (workspace_id, id)
);
CREATE INDEX macro_by_agent ON macro (workspace_id, agent_id, position, id);

ALTER TABLE draft ADD COLUMN macro_ids TEXT NOT NULL DEFAULT '[]';

-- Built-in roles of a workspace that is there already learn what is new.
UPDATE role SET permissions = replace(permissions, ']', ',"admin.macros"]')
    WHERE key IN ('supervisor', 'administrator') AND permissions <> '[]';
