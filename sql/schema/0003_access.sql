-- Access of users: sessions, API tokens and reset links. Only hashes of their secrets are stored.

ALTER TABLE users
ADD COLUMN password_changed_at timestamptz NOT NULL DEFAULT now(),
ADD COLUMN signed_in_at timestamptz,
ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';

-- A session is identified by the hash of its cookie's token, so the cookie is worthless once the session has ended.
CREATE TABLE user_sessions (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    address text NOT NULL,
    agent text NOT NULL
);

CREATE INDEX user_sessions_by_user ON user_sessions (user_id, seen_at);

CREATE TABLE password_resets (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    created_by bigint REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE INDEX password_resets_by_user ON password_resets (user_id);

CREATE TABLE api_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    name text NOT NULL CHECK (name <> ''),
    token_hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    last_used_from text NOT NULL DEFAULT '',
    revoked_at timestamptz
);

COMMENT ON COLUMN api_tokens.hint IS 'the first characters, to tell tokens apart by';
COMMENT ON COLUMN api_tokens.role IS 'what it may do at most; never more than its owner may at the time';

CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id);
