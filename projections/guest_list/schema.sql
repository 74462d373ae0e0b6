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
    stays integer NOT NULL,
    last_stay date,
    last_stay_id uuid,
    last_room text,
    properties uuid[] NOT NULL, -- those of the guest's stays
    total_paid bigint NOT NULL, -- minor units
    held boolean NOT NULL, -- by a legal hold
    answered boolean NOT NULL, -- whether somebody wrote to them about a feedback of theirs
    unsubscribed boolean NOT NULL,
    silenced uuid[] NOT NULL, -- the stays about which they get no message
    suppressed text[] COLLATE "C", -- the addresses to which mails cannot be delivered
    profile json,
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
    PRIMARY KEY (guest, stay_id)
);
