-- What belongs to a guest has streams of its own: feedback, and what was given to them. These find them by the guest.

-- Of an event that begins such a stream, whose it is. Immutable, for UTF-8 always reads the same.
CREATE FUNCTION log.guest_of(payload bytea) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (convert_from(payload, 'UTF8')::json ->> 'guest_id')::uuid
$$;
CREATE INDEX events_of_guest ON log.events (log.guest_of(payload))
    WHERE type IN ('FeedbackRecorded', 'QualityCostRecorded');

-- Where the last erasure is, also of words of somebody who is no known guest.
DROP INDEX log.events_erasing;
CREATE INDEX events_erasing ON log.events (position) WHERE type IN ('GuestAnonymised', 'GuestDeleted', 'WordsErased');
