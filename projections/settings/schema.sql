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
