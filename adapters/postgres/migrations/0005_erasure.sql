-- What forgetting a guest reaches besides the log: answers kept for clients, and rows of imports.

-- Where the last erasure is: nothing is served before the read models have followed it.
CREATE INDEX events_erasing ON log.events (position) WHERE type IN ('GuestAnonymised', 'GuestDeleted');

-- Guests and imports that the answer names. Once one of them is forgotten, the answer is gone, and the request
-- that it belonged to must not be done again either.
ALTER TABLE http.first_answers ADD COLUMN about uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE http.first_answers ADD COLUMN erased boolean NOT NULL DEFAULT false;
CREATE INDEX first_answers_about ON http.first_answers USING gin (about);

-- Refused rows of a finished import keep their cells for a time; there are few of them among many.
CREATE INDEX row_refused ON imports.row (import_id) WHERE verdict = 'refused';
