-- One row for each invitation; one that was never scheduled has none. It names and describes nobody.
CREATE TABLE invitation (
    organisation uuid NOT NULL,
    invitation uuid PRIMARY KEY,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    property uuid NOT NULL,
    guest uuid NOT NULL,
    stay uuid NOT NULL,
    message text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    due_at timestamptz, -- null where the guest wrote a review before any was asked for
    reason text COLLATE "C", -- why it was not sent, or is sent later
    channel text COLLATE "C", -- this and the next three since it was sent
    portal text COLLATE "C",
    language text COLLATE "C",
    sent_at timestamptz,
    remind_at timestamptz, -- when the next reminder is due
    reminder_asked boolean NOT NULL, -- whether somebody on the staff wants that reminder
    reminders integer NOT NULL,
    bounces integer NOT NULL,
    bounce_status text, -- of the last: an SMTP code, or that of RFC 3463
    clicked_at timestamptz,
    reviewed_at timestamptz,
    feedback uuid
);
