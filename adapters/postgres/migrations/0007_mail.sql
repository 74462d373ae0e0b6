-- Mails that events asked for and that no server has taken yet, a row for each recipient. Nothing of what is in a mail
-- is kept here: it is written from the event when it is sent.
CREATE SCHEMA mail;

CREATE TABLE mail.outbox (
    feedback_id uuid        NOT NULL,
    version     integer     NOT NULL, -- of the event that asks for it
    recipient   integer     NOT NULL, -- 0 is the first whom that event names
    attempts    integer     NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feedback_id, version, recipient)
);
CREATE INDEX outbox_due ON mail.outbox (due_at);
