CREATE INDEX arrival_of_organisation ON arrival (organisation, state, arrival);
CREATE INDEX arrival_pending ON arrival (told_at) WHERE state = 'pending';
CREATE INDEX arrival_of_guest ON arrival (guest) WHERE guest IS NOT NULL;
