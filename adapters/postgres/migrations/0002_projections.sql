-- Where each read model stands in the log. Its tables are in a schema of its own, made by projections/runner.py.
CREATE SCHEMA projection;

CREATE TABLE projection.checkpoints (
    name            text        PRIMARY KEY,
    position        bigint      NOT NULL,
    recorded_at     timestamptz, -- of the last event folded
    failed_position bigint,      -- the event it cannot go past
    failure         text
);

-- What the guest list searches with; a trusted extension, so the owner of the database can make it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
