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
