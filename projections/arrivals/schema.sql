-- One row for each arrival; the profile is null once somebody answered.
CREATE TABLE arrival (
    organisation uuid NOT NULL,
    arrival uuid PRIMARY KEY,
    property uuid NOT NULL,
    state text NOT NULL,
    announced_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL, -- for the last time
    language text,
    country text,
    arrival_date date,
    departure_date date,
    room text,
    reservation uuid, -- that an interface told it with
    guest uuid, -- who they are on the list, once accepted
    profile json
);
