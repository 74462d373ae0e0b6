-- Each list is walked, property by property, and merged; what has no such time comes before all that has one.
CREATE INDEX invitation_by_updated_at ON invitation (property, updated_at, invitation);
CREATE INDEX invitation_by_due_at ON invitation (property, coalesce(due_at, '-infinity'), invitation);
CREATE INDEX invitation_by_sent_at ON invitation (property, coalesce(sent_at, '-infinity'), invitation);

-- These gather the few that a filter leaves.
CREATE INDEX invitation_by_state ON invitation (property, state, updated_at);
CREATE INDEX invitation_of_guest ON invitation (guest);

-- For the guest list, which shows and filters what became of the last stay's.
CREATE UNIQUE INDEX invitation_of_stay ON invitation (stay, message);
CREATE INDEX invitation_in_state ON invitation (organisation, message, state, channel) INCLUDE (stay, guest);

ANALYZE invitation;
