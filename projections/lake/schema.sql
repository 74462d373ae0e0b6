-- What can be counted and added up, as it is now. Nothing here names or describes a person: ids are opaque.
CREATE TABLE feedback (
    organisation UUID,
    feedback UUID,
    property UUID,
    day DATE, -- the property's local date when it was said; never changes
    kind VARCHAR,
    origin VARCHAR,
    portal VARCHAR,
    code UUID,
    room VARCHAR,
    employee UUID,
    guest UUID,
    rating DECIMAL(4, 2), -- of 10
    alert BOOLEAN,
    resolved_on DATE, -- null while it is open, as are the others below
    seconds_to_resolution INTEGER,
    satisfaction SMALLINT, -- TINYINT is read at half the speed
    currency VARCHAR,
    cost BIGINT -- minor units
);

-- A row for each item that was given and not taken back, with a resolution or outside any complaint.
CREATE TABLE given (
    organisation UUID,
    origin VARCHAR, -- complaint, praise or quality_cost
    source UUID, -- the feedback or the quality cost
    property UUID,
    day DATE, -- the property's local date when it was given
    code UUID,
    room VARCHAR,
    employee UUID,
    guest UUID,
    item UUID,
    quantity INTEGER,
    unit_value BIGINT, -- minor units, as is value
    value BIGINT,
    currency VARCHAR,
    line SMALLINT -- 1, 2, … among the rows of one source and item: who counts the ones counts sources
);

CREATE TABLE stay (
    organisation UUID,
    guest UUID,
    stay UUID,
    property UUID,
    room VARCHAR,
    arrival DATE,
    departure DATE
);

-- Names as they are now: a fact holds ids, so that renaming something renames it in the past too.
CREATE TABLE property (organisation UUID, property UUID, name VARCHAR, currency VARCHAR);
CREATE TABLE code (organisation UUID, code UUID, name VARCHAR);
CREATE TABLE cost_item (organisation UUID, item UUID, name VARCHAR);

-- One row: the position of the last event that is in the tables, moved in the transaction that writes them.
CREATE TABLE checkpoint (position BIGINT);
