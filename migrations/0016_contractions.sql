-- Which migrations took something away that an earlier release still uses: such a migration enters itself here, and a
-- server that does not know it refuses to start on what it left. Everything else only expands.
CREATE TABLE contraction (
    version BIGINT PRIMARY KEY
);
