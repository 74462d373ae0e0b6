CREATE INDEX property_of_organisation ON property (organisation, property);
CREATE INDEX api_key_of_organisation ON api_key (organisation, api_key);
CREATE INDEX code_of_organisation ON code (organisation, code);
CREATE INDEX cost_item_of_organisation ON cost_item (organisation, cost_item);
CREATE INDEX employee_of_organisation ON employee (organisation, employee);
CREATE INDEX party_of_organisation ON party (organisation, kind, party);
