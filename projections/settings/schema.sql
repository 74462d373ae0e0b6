CREATE TABLE property (
    organisation uuid NOT NULL,
    property uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL
);

CREATE TABLE api_key (
    organisation uuid NOT NULL,
    api_key uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    properties uuid[],
    expires_at timestamptz,
    revoked_at timestamptz
);

-- The catalogues; `properties` null is everywhere.
CREATE TABLE code (
    organisation uuid NOT NULL,
    code uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    name text NOT NULL,
    properties uuid[],
    retired boolean NOT NULL DEFAULT false
);

CREATE TABLE cost_item (
    organisation uuid NOT NULL,
    cost_item uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    name text NOT NULL,
    amount bigint NOT NULL, -- minor units
    currency text NOT NULL,
    properties uuid[],
    retired boolean NOT NULL DEFAULT false
);

CREATE TABLE employee (
    organisation uuid NOT NULL,
    employee uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    name text, -- as email, null once nobody can read it any more
    email text,
    properties uuid[],
    retired boolean NOT NULL DEFAULT false
);

-- Companies, and the occasions at properties, that reservations can be tied to.
CREATE TABLE party (
    organisation uuid NOT NULL,
    party uuid PRIMARY KEY,
    kind text NOT NULL, -- the class of its settings
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    property uuid, -- of an occasion
    settings jsonb -- null once nobody can read them any more
);
