-- What an analyst queries with `hote sql`; docs/analytics.md tells every column.
CREATE VIEW feedback AS
SELECT
    f.organisation, f.feedback, f.day, date_trunc('month', f.day)::DATE AS month,
    f.property, p.name AS property_name, f.kind, f.origin, f.portal, f.code, c.name AS code_name, f.room, f.employee,
    f.guest, f.rating, f.alert, f.resolved_on IS NOT NULL AS resolved, f.resolved_on, f.seconds_to_resolution,
    f.satisfaction, f.currency, f.cost
FROM lake.feedback f
LEFT JOIN lake.property p USING (property)
LEFT JOIN lake.code c USING (code);

CREATE VIEW given AS
SELECT
    g.organisation, g.origin, g.source, g.day, date_trunc('month', g.day)::DATE AS month,
    g.property, p.name AS property_name, g.code, c.name AS code_name, g.room, g.employee, g.guest,
    g.item, i.name AS item_name, g.quantity, g.unit_value, g.value, g.currency, g.line
FROM lake.given g
LEFT JOIN lake.property p USING (property)
LEFT JOIN lake.code c USING (code)
LEFT JOIN lake.cost_item i USING (item);

CREATE VIEW stays AS
SELECT
    s.organisation, s.guest, s.stay, s.property, p.name AS property_name, s.room, s.arrival, s.departure,
    s.departure - s.arrival AS nights
FROM lake.stay s
LEFT JOIN lake.property p USING (property);
