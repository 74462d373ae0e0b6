-- What each guest has that somebody else may have too, as hashes, which are personal all the same: they can be guessed.
CREATE TABLE trait (
    organisation uuid NOT NULL,
    kind smallint NOT NULL,
    hash bigint NOT NULL,
    guest uuid NOT NULL
);

-- Of whom somebody said that they are not the same person; `one` is the lower id.
CREATE TABLE dismissed (
    one uuid NOT NULL,
    other uuid NOT NULL,
    PRIMARY KEY (one, other)
);
