-- Platforms, artists, tracks and their identifiers on platforms.

-- A platform is one row in any spelling: 'YouTube', 'you-tube' and 'you_tube' have one fold.
-- COLLATE "C" keeps lower() to ASCII, so the same text folds the same on every server.
CREATE TABLE platforms (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    fold text NOT NULL UNIQUE
        GENERATED ALWAYS AS (regexp_replace(lower(slug COLLATE "C"), '[^a-z0-9]', '', 'g')) STORED
        CONSTRAINT platforms_fold_not_empty CHECK (fold <> ''),
    name text NOT NULL,
    platform_type text NOT NULL DEFAULT 'streaming'
        CHECK (platform_type IN ('streaming', 'social', 'radio', 'tv', 'other')),
    audience_metric_name text NOT NULL DEFAULT 'Listeners',
    platform_identifier text NOT NULL DEFAULT '',
    plot_rule text NOT NULL DEFAULT 'max' CHECK (plot_rule IN ('max', 'sum')),
    has_song_audience boolean NOT NULL DEFAULT false,
    has_song_charts boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Spellings with a different fold, such as 'Twitter' for X.
CREATE TABLE platform_aliases (
    fold text PRIMARY KEY CHECK (fold <> ''),
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT
);

-- Replaces an aliased spelling before the row is checked, so that ON CONFLICT (fold) finds the right platform for
-- every writer.
CREATE FUNCTION platform_alias_to_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
BEGIN
    SELECT platforms.slug INTO kept
    FROM platform_aliases
    JOIN platforms ON platforms.id = platform_aliases.platform_id
    WHERE platform_aliases.fold = regexp_replace(lower(NEW.slug COLLATE "C"), '[^a-z0-9]', '', 'g');
    NEW.slug := coalesce(kept, NEW.slug);
    RETURN NEW;
END
$$;

CREATE TRIGGER platforms_alias BEFORE INSERT ON platforms
    FOR EACH ROW EXECUTE FUNCTION platform_alias_to_slug();

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE TRIGGER platforms_touch BEFORE UPDATE ON platforms
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE artists (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE,
    name text NOT NULL,
    slug text NOT NULL DEFAULT '',
    image_url text NOT NULL DEFAULT '',
    app_url text NOT NULL DEFAULT '',
    country_code text NOT NULL DEFAULT '',
    genres jsonb NOT NULL DEFAULT '[]',
    biography text NOT NULL DEFAULT '',
    metadata_fetched_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER artists_touch BEFORE UPDATE ON artists
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE tracks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE,
    name text NOT NULL DEFAULT '',
    credit_name text NOT NULL DEFAULT '',
    isrc text NOT NULL DEFAULT '',
    release_date date,
    duration integer CHECK (duration >= 0),
    explicit boolean NOT NULL DEFAULT false,
    image_url text NOT NULL DEFAULT '',
    app_url text NOT NULL DEFAULT '',
    genres jsonb NOT NULL DEFAULT '[]',
    labels jsonb NOT NULL DEFAULT '[]',
    composers jsonb NOT NULL DEFAULT '[]',
    producers jsonb NOT NULL DEFAULT '[]',
    audio jsonb,
    copyright text NOT NULL DEFAULT '',
    distributor text NOT NULL DEFAULT '',
    language_code text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    metadata_fetched_at timestamptz,
    metadata_error text NOT NULL DEFAULT '',
    metadata_due_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN tracks.duration IS 'seconds';
COMMENT ON COLUMN tracks.search_text IS 'title, credits and ISRC as the application folds them (NFKD, lower case)';

CREATE INDEX tracks_search ON tracks USING gin (to_tsvector('simple', search_text));
CREATE INDEX tracks_by_name ON tracks (lower(name), id);
CREATE INDEX tracks_by_credit ON tracks (lower(credit_name), id);
CREATE INDEX tracks_by_label ON tracks (lower(labels -> 0 ->> 'name'), id);
CREATE INDEX tracks_by_release ON tracks (release_date, id);
CREATE INDEX tracks_labels ON tracks USING gin (labels jsonb_path_ops);
CREATE INDEX tracks_genres ON tracks USING gin (genres jsonb_path_ops);
CREATE INDEX tracks_by_isrc ON tracks (isrc);
CREATE INDEX tracks_metadata_due ON tracks (metadata_due_at);

CREATE TRIGGER tracks_touch BEFORE UPDATE ON tracks
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE track_artists (
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    artist_id bigint NOT NULL REFERENCES artists ON DELETE RESTRICT,
    position smallint NOT NULL,
    PRIMARY KEY (track_id, artist_id)
);

CREATE INDEX track_artists_by_artist ON track_artists (artist_id);

-- A platform's identifiers of a track: a Spotify id, a video, a sound. ISRCs too, under the pseudo-platform 'isrc'.
CREATE TABLE track_identifiers (
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    identifier text NOT NULL,
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    is_default boolean NOT NULL DEFAULT false,
    url text NOT NULL DEFAULT '',
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform_id, identifier)
);

CREATE INDEX track_identifiers_by_track ON track_identifiers (track_id);
