-- What proves that the log is as it was: the head of every stream, folded into signed checkpoints (docs/proof.md).
CREATE SCHEMA proof;

CREATE FUNCTION proof.bucket_of(stream uuid) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ((get_byte(uuid_send(stream), 14) & 15) << 8 | get_byte(uuid_send(stream), 15))::smallint
$$;

-- The last event of each stream at the position of the newest checkpoint.
CREATE TABLE proof.head (
    stream   uuid     NOT NULL,
    version  integer  NOT NULL,
    position bigint   NOT NULL,
    hash     bytea    NOT NULL,
    bucket   smallint NOT NULL GENERATED ALWAYS AS (proof.bucket_of(stream)) STORED,
    PRIMARY KEY (bucket, stream)
);

-- The hash of each bucket's heads, so that a checkpoint reads the heads of only those buckets where something happened.
CREATE TABLE proof.bucket (
    bucket smallint PRIMARY KEY,
    hash   bytea    NOT NULL
);

CREATE TABLE proof.checkpoint (
    position bigint PRIMARY KEY,
    document bytea  NOT NULL -- byte for byte what was signed and given away
);
