-- One row for each guest, and one for each of their stays; personal columns are null once the guest was forgotten.
CREATE TABLE guest (
    organisation uuid NOT NULL,
    guest uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sampled boolean NOT NULL, -- one guest in 512, by whom queries choose their way
    last_name text COLLATE "C", -- folded, as company: what is sorted; what is shown is in profile
    company text COLLATE "C",
    country text COLLATE "C",
    language text COLLATE "C",
    status text COLLATE "C" NOT NULL, -- blocked also once the block is over, as nobody tells of that
    blocked_until date, -- the last day, as Guest.blocked_on counts; 9999-12-31 for good
    stays integer NOT NULL, -- this, the nights, the last stay and what was paid as domain.stay.figures has them
    nights integer NOT NULL,
    last_stay date,
    last_rooms text[] NOT NULL,
    latest_stay_id uuid, -- also one that is to come: what messages are about
    properties uuid[] NOT NULL, -- those of the guest's stays
    total_paid bigint NOT NULL, -- minor units; of several currencies the largest amount, by which the list is sorted
    paid json NOT NULL, -- by currency
    held boolean NOT NULL, -- by a legal hold
    answered boolean NOT NULL, -- whether somebody wrote to them about a feedback of theirs
    unsubscribed boolean NOT NULL,
    silenced uuid[] NOT NULL, -- the stays about which they get no message
    suppressed text[] COLLATE "C", -- the addresses to which mails cannot be delivered
    status_label text COLLATE "C",
    profile json,
    note text,
    search text COLLATE "C" -- everything that can be searched, folded, with a space at the end
);

CREATE TABLE stay (
    organisation uuid NOT NULL,
    guest uuid NOT NULL,
    stay_id uuid NOT NULL,
    property_id uuid NOT NULL,
    arrival date,
    departure date,
    room text,
    reservation uuid,
    paid_amount bigint,
    paid_currency text,
    realised boolean NOT NULL,
    PRIMARY KEY (guest, stay_id)
);

-- The rows of guests who are one with another, as they were; these are not on the list.
CREATE TABLE merged (LIKE guest, PRIMARY KEY (guest));

-- Who stands for each of them.
CREATE TABLE survivor (
    guest uuid PRIMARY KEY,
    survivor uuid NOT NULL
);
