-- Each list is walked, property by property, and merged.
CREATE INDEX reservation_by_arrival ON reservation (property, arrival, reservation);
CREATE INDEX reservation_by_departure ON reservation (property, departure, reservation);
CREATE INDEX reservation_by_booked_at ON reservation (property, booked_at, reservation);
CREATE INDEX reservation_by_updated_at ON reservation (property, updated_at, reservation);

-- These gather the few that a filter leaves, and those that an erasure concerns.
CREATE INDEX reservation_of_guest ON reservation (guest) WHERE guest IS NOT NULL;
CREATE INDEX reservation_linked ON reservation USING gin (linked);
CREATE INDEX reservation_of_company ON reservation (company) WHERE company IS NOT NULL;
CREATE INDEX reservation_of_occasion ON reservation (occasion) WHERE occasion IS NOT NULL;
CREATE INDEX reservation_in_state ON reservation (property, state, arrival, reservation);
CREATE INDEX reservation_by_external_id ON reservation (property, external_id);

ANALYZE reservation;
