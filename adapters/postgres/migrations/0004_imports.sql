-- Imports under way: a hotel's file, how it is read, and its rows until each has become a guest or was refused.
CREATE SCHEMA imports;

CREATE TABLE imports.draft (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL,
    created_at      timestamptz NOT NULL,
    revision        integer     NOT NULL,
    state           text        NOT NULL,
    body            json        NOT NULL -- the whole draft, in the order of its columns
);
CREATE INDEX draft_of_organisation ON imports.draft (organisation_id, id);
CREATE INDEX draft_at_work ON imports.draft (id) WHERE state IN ('judging', 'running', 'reverting');

-- The file itself, in pieces, so that it can be read another way until it is committed.
CREATE TABLE imports.piece (
    import_id uuid    NOT NULL REFERENCES imports.draft ON DELETE CASCADE,
    number    integer NOT NULL,
    bytes     bytea   NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- `verdict` is null until the row is judged. Cells go when the row has become a guest.
CREATE TABLE imports.row (
    import_id    uuid    NOT NULL REFERENCES imports.draft ON DELETE CASCADE,
    number       integer NOT NULL, -- of the row or line in the file
    cells        text[],
    verdict      text,
    duplicate_of integer,
    errors       jsonb,
    guest_id     uuid,
    PRIMARY KEY (import_id, number)
);
CREATE INDEX row_of_guest ON imports.row (import_id, guest_id) WHERE guest_id IS NOT NULL;

-- What a person confirmed for files with these headers.
CREATE TABLE imports.mapping (
    organisation_id uuid  NOT NULL,
    headers         bytea NOT NULL, -- SHA-256
    mapping         json  NOT NULL,
    PRIMARY KEY (organisation_id, headers)
);
