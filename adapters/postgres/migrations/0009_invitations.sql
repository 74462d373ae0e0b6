-- What is worked on so that guests get their messages. All of it follows from the log; nothing here names anybody.
CREATE SCHEMA invitations;

-- Stays that ended lately or are to come, and whose they are: only these can have messages.
CREATE TABLE invitations.stay (
    stay_id     uuid PRIMARY KEY,
    guest_id    uuid NOT NULL,
    property_id uuid NOT NULL,
    last_day    date NOT NULL -- the departure, where it is unknown the arrival
);
CREATE INDEX stay_of_property ON invitations.stay (property_id, last_day);
CREATE INDEX stay_of_guest ON invitations.stay (guest_id);

-- The properties that send messages before or after stays.
CREATE TABLE invitations.writing (property_id uuid PRIMARY KEY);

-- Guests of whom something changed that their messages depend on.
CREATE TABLE invitations.to_plan (
    guest_id uuid PRIMARY KEY,
    position bigint  NOT NULL, -- of the last such event
    settings boolean NOT NULL  -- whether it was the property that changed
);
CREATE INDEX to_plan_oldest ON invitations.to_plan (position);

-- The next message or reminder of each invitation that has one to come.
CREATE TABLE invitations.due (
    invitation_id uuid PRIMARY KEY,
    planned_at    timestamptz,          -- of the message, or its automatic reminder
    asked_at      timestamptz,          -- when somebody asked for a reminder that is to come
    due_at        timestamptz NOT NULL, -- of what comes first, or later, where that waits or was not taken
    attempts      integer     NOT NULL DEFAULT 0,
    failing_since timestamptz,
    handled       boolean     NOT NULL DEFAULT false, -- an event says what is to come; it is not read yet
    -- Set before it is sent, and the same until it is known that nobody got it: so each repeat is the same mail.
    pinned_at     timestamptz,
    as_of         bigint,               -- names, templates and settings are those of this position of the log
    -- Until it is sent: where it leads, which counts in the distribution of the property.
    portal        text,
    property_id   uuid
);
CREATE INDEX due_next ON invitations.due (due_at) WHERE NOT handled;

-- How many invitations have led to each portal since a property's percentages were set.
CREATE TABLE invitations.distribution (
    property_id uuid PRIMARY KEY,
    shares      jsonb NOT NULL, -- percentages by portal
    counts      jsonb NOT NULL
);

-- When each guest was last invited to review a stay, and which.
CREATE TABLE invitations.asked (
    guest_id      uuid PRIMARY KEY,
    invitation_id uuid        NOT NULL,
    asked_at      timestamptz NOT NULL
);
CREATE INDEX asked_by ON invitations.asked (invitation_id);
