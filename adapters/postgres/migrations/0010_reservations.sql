-- Reservations belong to every guest whose they are or once were.
DROP INDEX log.events_of_guest;
CREATE INDEX events_of_guest ON log.events (log.guest_of(payload))
    WHERE type IN ('FeedbackRecorded', 'QualityCostRecorded', 'ReservationBooked', 'ReservationLinked');

-- Stays that are to come: on the day on which one begins it is realised, and counted.
CREATE SCHEMA stays;
CREATE TABLE stays.to_come (
    stay_id uuid PRIMARY KEY,
    guest_id uuid NOT NULL,
    property_id uuid NOT NULL,
    begins_on date NOT NULL -- in the property's calendar
);
CREATE INDEX to_come_of_guest ON stays.to_come (guest_id);
CREATE INDEX to_come_by_day ON stays.to_come (begins_on);

-- Kafka, inbound: what was taken in of each topic, moved in the transaction that writes what the messages mean.
CREATE SCHEMA IF NOT EXISTS kafka;

-- By the topic's own id, not its name: one that was deleted and made anew counts from the beginning again.
CREATE TABLE kafka.taken (
    topic_id    uuid   NOT NULL,
    partition   int    NOT NULL,
    topic       text   NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic_id, partition)
);

-- Messages that go to a contact person in the guest's place: who is behind stays, and whom that concerns.
CREATE TABLE invitations.behind (
    id    uuid NOT NULL, -- a contact person, a company, an occasion, who stands for somebody who was merged
    of_id uuid NOT NULL, -- a company, an occasion, a stay, who was merged
    PRIMARY KEY (id, of_id)
);
CREATE INDEX behind_of ON invitations.behind (of_id);

-- A contact person gets one such message about all who come for an occasion, or arrive on a day.
CREATE TABLE invitations.told_for_group (
    contact_person_id uuid NOT NULL,
    property_id       uuid NOT NULL,
    message           text NOT NULL,
    what              text NOT NULL, -- the occasion, or the day
    invitation_id     uuid NOT NULL,
    PRIMARY KEY (contact_person_id, property_id, message, what)
);
CREATE INDEX told_for_group_by ON invitations.told_for_group (invitation_id);
