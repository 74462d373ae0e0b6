-- Each list is walked backwards, property by property, and merged.
CREATE INDEX feedback_in_folder ON feedback (property, folder, urgency, said_at, feedback);
CREATE INDEX feedback_by_said_at ON feedback (property, said_at, feedback);
CREATE INDEX feedback_open ON feedback (property, said_at, feedback) WHERE folder = 'inbox' AND resolved_at IS NULL;
CREATE INDEX feedback_by_code ON feedback (property, code, said_at, feedback) WHERE code IS NOT NULL;

-- These gather the few that a filter leaves.
CREATE INDEX feedback_by_subject ON feedback (subject);
CREATE INDEX feedback_of_guest ON feedback (guest) WHERE guest IS NOT NULL;
CREATE INDEX feedback_in_room ON feedback (property, room) WHERE room IS NOT NULL;
CREATE INDEX feedback_assigned ON feedback (assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX feedback_resolved ON feedback (property, resolved_on) WHERE resolved_on IS NOT NULL;
CREATE INDEX feedback_changed ON feedback (organisation, position);

ANALYZE feedback;
