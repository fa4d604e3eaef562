-- What the staff do: sessions, tokens, lists, notes, saved views, settings; and the record of it.

ALTER TABLE users
ADD COLUMN password_changed_at timestamptz NOT NULL DEFAULT now(),
ADD COLUMN signed_in_at timestamptz,
ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';

-- A session is known by the hash of what its cookie holds, so that the cookie alone is worth nothing once it ended.
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
    expires_at timestamptz NOT NULL,
    used_at timestamptz
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

-- What happened, by whom, from where, and what it changed. Rows are only ever added.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT now(),
    user_id bigint REFERENCES users ON DELETE RESTRICT,
    actor text NOT NULL,
    address text NOT NULL DEFAULT '',
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    request_id text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT ''
);

COMMENT ON COLUMN audit_events.actor IS 'email of the user at the time, token and all; "command line"; or "nobody"';
COMMENT ON COLUMN audit_events.action IS 'what was done, as "platform.merge"';
COMMENT ON COLUMN audit_events.subject IS 'what it was done to, as "chart global-28"';

CREATE INDEX audit_events_by_user ON audit_events (user_id, id DESC);
CREATE INDEX audit_events_by_action ON audit_events (action, id DESC);
CREATE INDEX audit_events_by_subject ON audit_events (subject, id DESC);
CREATE INDEX audit_events_search ON audit_events USING gin (to_tsvector('simple', search_text));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Lists of tracks and artists: a roster, a watch list, whatever their owner calls them.
CREATE TABLE lists (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    owner_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    name text NOT NULL CHECK (name <> ''),
    is_shared boolean NOT NULL DEFAULT false,
    keep_fresh boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN lists.keep_fresh IS 'its tracks'' audience is due after a day, like that of charting ones';

CREATE UNIQUE INDEX lists_unique_name ON lists (owner_id, lower(name));

CREATE TRIGGER lists_touch BEFORE UPDATE ON lists
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE list_tracks (
    list_id bigint NOT NULL REFERENCES lists ON DELETE CASCADE,
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (list_id, track_id)
);

CREATE INDEX list_tracks_by_track ON list_tracks (track_id);

CREATE TABLE list_artists (
    list_id bigint NOT NULL REFERENCES lists ON DELETE CASCADE,
    artist_id bigint NOT NULL REFERENCES artists ON DELETE RESTRICT,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (list_id, artist_id)
);

CREATE INDEX list_artists_by_artist ON list_artists (artist_id);

-- A dated line about a track or an artist.
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    track_id bigint REFERENCES tracks ON DELETE RESTRICT,
    artist_id bigint REFERENCES artists ON DELETE RESTRICT,
    noted_on date NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    search_text text NOT NULL,
    author_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(track_id, artist_id) = 1)
);

CREATE INDEX notes_by_track ON notes (track_id, noted_on) WHERE track_id IS NOT NULL;
CREATE INDEX notes_by_artist ON notes (artist_id, noted_on) WHERE artist_id IS NOT NULL;
CREATE INDEX notes_search ON notes USING gin (to_tsvector('simple', search_text));

CREATE TRIGGER notes_touch BEFORE UPDATE ON notes
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A page with its filters, under a name. Whoever has the link of a shared one may open it.
CREATE TABLE saved_views (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    owner_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    name text NOT NULL CHECK (name <> ''),
    address text NOT NULL CHECK (address LIKE '/%'),
    is_shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX saved_views_unique_name ON saved_views (owner_id, lower(name));

-- Settings that may change while everything runs; what is not here has its default.
CREATE TABLE app_settings (
    name text PRIMARY KEY,
    value jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by bigint REFERENCES users ON DELETE RESTRICT
);

-- Queues whose API work somebody paused.
CREATE TABLE queue_pauses (
    queue text PRIMARY KEY CHECK (queue IN ('interactive', 'sync', 'default', 'backfill')),
    reason text NOT NULL DEFAULT '',
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_by bigint REFERENCES users ON DELETE RESTRICT
);

-- Pairs of platforms that somebody said are two.
CREATE TABLE platform_distinctions (
    platform_id integer NOT NULL REFERENCES platforms ON DELETE CASCADE,
    other_id integer NOT NULL REFERENCES platforms ON DELETE CASCADE,
    decided_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint REFERENCES users ON DELETE RESTRICT,
    PRIMARY KEY (platform_id, other_id),
    CHECK (platform_id < other_id)
);
