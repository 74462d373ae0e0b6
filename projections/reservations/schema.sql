-- One row for each reservation; the contact, as it was given, is null once a guest was erased whose it is or was.
CREATE TABLE reservation (
    organisation uuid NOT NULL,
    reservation uuid PRIMARY KEY,
    version integer NOT NULL,
    booked_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    property uuid NOT NULL,
    source text COLLATE "C" NOT NULL,
    external_id text COLLATE "C",
    state text COLLATE "C" NOT NULL,
    arrival date NOT NULL,
    departure date NOT NULL,
    rooms text[] NOT NULL,
    total_amount bigint, -- minor units, as what was paid
    total_currency text,
    paid_amount bigint,
    paid_currency text,
    guest uuid,
    linked uuid[] NOT NULL, -- every guest whose it is or was
    company uuid,
    occasion uuid,
    contact_person uuid,
    language text,
    country text,
    contact json
);
