-- Each order of the list is an index to walk along, ending in the guest's id so that no two guests tie.
CREATE INDEX guest_by_last_name ON guest (organisation, last_name, guest);
CREATE INDEX guest_by_company ON guest (organisation, company, guest);
CREATE INDEX guest_by_country ON guest (organisation, country, guest);
CREATE INDEX guest_by_status ON guest (organisation, status, guest);
CREATE INDEX guest_by_stays ON guest (organisation, stays, guest);
CREATE INDEX guest_by_last_stay ON guest (organisation, last_stay, guest);
CREATE INDEX guest_by_total_paid ON guest (organisation, total_paid, guest);
CREATE INDEX guest_by_created_at ON guest (organisation, created_at, guest);

-- The rest gather the few guests that a search or a filter leaves.
CREATE INDEX guest_by_language ON guest (organisation, language);
CREATE INDEX guest_by_status_label ON guest (organisation, status_label) WHERE status_label IS NOT NULL;
CREATE INDEX guest_by_search ON guest USING gin (search gin_trgm_ops, properties);
CREATE INDEX guest_sampled ON guest (organisation) WHERE sampled;
CREATE INDEX survivor_of ON survivor (survivor);
CREATE INDEX stay_by_arrival ON stay (organisation, arrival);
CREATE INDEX stay_by_departure ON stay (organisation, departure, arrival);
CREATE INDEX stay_by_room ON stay (organisation, lower(room), property_id);

ANALYZE guest, stay;
