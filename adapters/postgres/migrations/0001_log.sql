-- The event log: one append-only table, its positions, and what is written in an append's transaction.
CREATE SCHEMA log;

-- The last value must be below every position not yet given out: so the sequence starts "called" at 0 and
-- caches nothing, and is read by pg_sequence_last_value(), which locks it. A plain SELECT last_value sees,
-- for a moment in every 32 values, the one 32 further on that Postgres writes ahead to its own log.
CREATE SEQUENCE log.position MINVALUE 0 CACHE 1;
SELECT setval('log.position', 0, true);

CREATE TABLE log.events (
    position        bigint      PRIMARY KEY,
    stream          uuid        NOT NULL,
    version         integer     NOT NULL CHECK (version > 0),
    type            text        NOT NULL,
    schema_version  smallint    NOT NULL,
    payload         bytea       NOT NULL,
    recorded_at     timestamptz NOT NULL,
    actor           text        NOT NULL,
    organisation_id uuid        NOT NULL,
    property_id     uuid,
    correlation_id  uuid        NOT NULL,
    causation_id    uuid,
    reason          text,
    traceparent     text,
    hash            bytea       NOT NULL,
    UNIQUE (stream, version)
);
-- Payloads are short and mostly ciphertext: trying to compress them is time lost.
ALTER TABLE log.events ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();

-- Chains an event to the one before it in its stream: SHA-256 over the previous hash (empty for the first),
-- every other column as one JSON array, and the stored payload. docs/events.md gives it in Python too.
CREATE FUNCTION log.event_hash(
    previous bytea, place bigint, stream uuid, version integer, type text, schema_version smallint,
    payload bytea, recorded_at timestamptz, actor text, organisation_id uuid, property_id uuid,
    correlation_id uuid, causation_id uuid, reason text, traceparent text
) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(
        previous
        || convert_to(json_build_array(
            place, stream, version, type, schema_version,
            (extract(epoch FROM recorded_at) * 1000000)::bigint,
            actor, organisation_id, property_id, correlation_id, causation_id, reason, traceparent
        )::text, 'UTF8')
        || payload
    )
$$;

-- Appends events and gives their positions, with all that belongs in the same transaction. One call is one
-- round trip. Arguments about nothing are null.
--
-- Refused, and then nothing is written:
--   unique violation of events_stream_version_key: a version is taken, or does not follow the stream's last;
--   unique violation of identities_pkey: an e-mail or phone is another guest's;
--   foreign key violation of keys_pkey: the key of one of `owners` was destroyed after the events were sealed.
--
-- The advisory lock is what lets readers never miss an event (docs/decisions/0002). Its key, the last
-- position given out before this append, says "I may still commit something above this"; Postgres releases
-- it only after the commit is visible, or when the backend dies. It is taken after all that may wait long.
CREATE FUNCTION log.append(
    streams uuid[], versions integer[], types text[], schema_versions smallint[], payloads bytea[],
    recorded_at timestamptz, actor text, organisation_id uuid, property_id uuid,
    correlation_id uuid, causation_id uuid, reason text, traceparent text,
    new_subjects uuid[], new_keys bytea[], owners uuid[], forgotten uuid[],
    released bytea[], claimed bytea[], claimants uuid[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    positions bigint[] := '{}';
    place bigint;
    head bytea;
BEGIN
    IF new_subjects IS NOT NULL THEN
        INSERT INTO log.keys (subject, wrapped, created_at)
        SELECT subject, wrapped, recorded_at FROM unnest(new_subjects, new_keys) AS made (subject, wrapped);
    END IF;
    IF owners IS NOT NULL THEN
        -- FOR SHARE, for FOR KEY SHARE would not wait for the update that destroys a key.
        PERFORM FROM log.keys k WHERE k.subject = ANY (owners) AND k.wrapped IS NOT NULL ORDER BY k.subject FOR SHARE;
        GET DIAGNOSTICS place = ROW_COUNT;
        IF place < cardinality(owners) THEN
            RAISE EXCEPTION 'a key was destroyed' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'keys_pkey';
        END IF;
    END IF;
    IF forgotten IS NOT NULL THEN
        UPDATE log.keys k SET wrapped = NULL, destroyed_at = append.recorded_at WHERE k.subject = ANY (forgotten);
    END IF;
    IF released IS NOT NULL THEN
        DELETE FROM log.identities i
         WHERE i.organisation_id = append.organisation_id AND i.fingerprint = ANY (released);
    END IF;
    IF claimed IS NOT NULL THEN -- in one order for all, so that two appends cannot wait for each other
        INSERT INTO log.identities
        SELECT append.organisation_id, fingerprint, guest_id
          FROM unnest(claimed, claimants) AS claim (fingerprint, guest_id) ORDER BY fingerprint;
    END IF;

    PERFORM pg_advisory_xact_lock_shared(pg_sequence_last_value('log.position'));
    FOR i IN 1 .. cardinality(streams) LOOP
        IF versions[i] = 1 THEN
            head := '';
        ELSIF i = 1 OR streams[i] <> streams[i - 1] OR versions[i] <> versions[i - 1] + 1 THEN
            SELECT e.hash INTO head FROM log.events e
             WHERE e.stream = streams[i] AND e.version = versions[i] - 1;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'stream % has no version %', streams[i], versions[i] - 1
                    USING ERRCODE = 'unique_violation', CONSTRAINT = 'events_stream_version_key';
            END IF;
        END IF;
        place := nextval('log.position');
        head := log.event_hash(
            head, place, streams[i], versions[i], types[i], schema_versions[i], payloads[i],
            recorded_at, actor, organisation_id, property_id, correlation_id, causation_id, reason, traceparent);
        INSERT INTO log.events VALUES (
            place, streams[i], versions[i], types[i], schema_versions[i], payloads[i],
            recorded_at, actor, organisation_id, property_id, correlation_id, causation_id, reason, traceparent, head);
        positions := positions || place;
    END LOOP;
    RETURN positions;
END $$;

-- The highest position below which nothing can appear any more. Read the events up to it in a later
-- statement of a read committed transaction, so that their snapshot is younger than this answer.
CREATE FUNCTION log.settled() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    given_out bigint;
    held_back bigint;
BEGIN
    IF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a replica does not see the locks of writers: follow the log on the primary';
    END IF;
    given_out := pg_sequence_last_value('log.position'); -- before the locks are looked at, never after
    SELECT min((classid::bigint << 32) | objid::bigint) INTO held_back
      FROM pg_locks
     WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ShareLock'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(given_out, held_back);
END $$;

-- A key per guest (and one per organisation, for blind indexes), wrapped by the master key that is kept
-- outside the database. Forgetting sets wrapped to null; the row stays as the fence.
CREATE TABLE log.keys (
    subject      uuid        PRIMARY KEY,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- Whose an e-mail address or phone number is in an organisation: the blind index of the value, never the value.
CREATE TABLE log.identities (
    organisation_id uuid  NOT NULL,
    fingerprint     bytea NOT NULL,
    guest_id        uuid  NOT NULL,
    PRIMARY KEY (organisation_id, fingerprint)
);
