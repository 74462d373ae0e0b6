-- Guests who share something stand beside each other.
CREATE UNIQUE INDEX trait_shared ON trait (organisation, kind, hash, guest);
CREATE INDEX trait_of_guest ON trait (guest);

ANALYZE trait;
