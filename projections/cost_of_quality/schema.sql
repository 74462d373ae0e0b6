-- One row for each quality cost; the comment is null once its subject was forgotten.
CREATE TABLE quality_cost (
    organisation uuid NOT NULL,
    quality_cost uuid PRIMARY KEY,
    property uuid NOT NULL,
    day date NOT NULL,
    created_at timestamptz NOT NULL,
    code uuid,
    room text,
    guest uuid,
    subject uuid NOT NULL,
    comment text,
    currency text NOT NULL,
    total bigint NOT NULL, -- minor units, as each unit_value
    items json NOT NULL -- [{"item_id", "quantity", "unit_value"}]
);
