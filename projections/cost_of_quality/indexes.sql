CREATE INDEX quality_cost_of_organisation ON quality_cost (organisation, quality_cost);
CREATE INDEX quality_cost_by_day ON quality_cost (organisation, day);
CREATE INDEX quality_cost_of_guest ON quality_cost (guest) WHERE guest IS NOT NULL;
CREATE INDEX quality_cost_commented ON quality_cost (subject) WHERE comment IS NOT NULL;
