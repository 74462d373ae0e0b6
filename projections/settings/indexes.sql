CREATE INDEX property_of_organisation ON property (organisation, property);
CREATE INDEX api_key_of_organisation ON api_key (organisation, api_key);
