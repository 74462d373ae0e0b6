-- The first answers to POST requests, given again when a client sends the same request again.
CREATE SCHEMA http;

-- The id and the key that seals an answer both come from secrets that only the client sends: nothing in this
-- table says who asked what, and nobody but that client can read an answer.
CREATE TABLE http.first_answers (
    id          bytea       PRIMARY KEY,
    holder      uuid        NOT NULL, -- the run that may write the answer
    lease_until timestamptz NOT NULL, -- while there is no answer: the run is dead after this
    expires_at  timestamptz NOT NULL,
    sealed      bytea
);
ALTER TABLE http.first_answers ALTER COLUMN sealed SET STORAGE EXTERNAL; -- ciphertext does not compress
CREATE INDEX ON http.first_answers (expires_at);
