-- One row for each feedback; `words` and `delegated_to` are null once whoever said it was forgotten.
CREATE TABLE feedback (
    organisation uuid NOT NULL,
    feedback uuid PRIMARY KEY,
    property uuid NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL, -- of the last event that changed the row
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    subject uuid NOT NULL, -- whose words they are: the guest, or the feedback itself
    guest uuid,
    origin text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    said_at timestamptz NOT NULL,
    day date NOT NULL, -- the property's, when it was said
    code uuid,
    room text COLLATE "C",
    employee uuid,
    emoji text,
    given numeric, -- the rating, of `scale`
    scale integer,
    portal text,
    language text,
    alert boolean NOT NULL,
    words json,
    resolved_at timestamptz,
    resolved_on date, -- the property's
    satisfaction integer,
    total bigint, -- minor units
    proposed bigint, -- minor units that wait for approval
    currency text,
    folder text COLLATE "C" NOT NULL,
    urgency smallint NOT NULL, -- 2 on hold, 1 alert, 0 new
    held boolean NOT NULL,
    holder text, -- who claimed it: the name of a key
    claimed_for uuid, -- and the employee among those who share it
    assigned_to uuid, -- the employee to whom it was transferred
    delegated_to text, -- an e-mail address
    answered_at timestamptz,
    waiting boolean NOT NULL, -- whether the guest waits for an answer
    clock timestamptz[] NOT NULL -- when the response clock started and stopped, in turn: it runs while they are odd
);

-- How many feedbacks there are, so that nobody counts them at each change.
CREATE TABLE tally (
    organisation uuid NOT NULL,
    property uuid NOT NULL,
    folder text COLLATE "C" NOT NULL,
    urgency smallint NOT NULL,
    feedbacks bigint NOT NULL,
    PRIMARY KEY (property, folder, urgency)
);
