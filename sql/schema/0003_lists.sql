-- Lists of tracks and artists, such as a roster or a watch list.
CREATE TABLE lists (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    owner_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    name text NOT NULL CHECK (name <> ''),
    is_shared boolean NOT NULL DEFAULT false,
    keep_fresh boolean NOT NULL DEFAULT false,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN lists.keep_fresh IS 'its tracks'' audience is due after a day, like that of charting ones';
COMMENT ON COLUMN lists.is_default IS 'the one that its owner''s stars are; it is made at the first star';

CREATE UNIQUE INDEX lists_unique_name ON lists (owner_id, lower(name));
CREATE UNIQUE INDEX lists_one_default ON lists (owner_id) WHERE is_default;

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

-- The tracks of a list: those on it, and those of the artists on it.
CREATE FUNCTION list_track_ids(of_list bigint) RETURNS TABLE (track_id bigint) LANGUAGE sql STABLE AS $$
    SELECT list_tracks.track_id FROM list_tracks WHERE list_tracks.list_id = of_list
    UNION
    SELECT track_artists.track_id
    FROM list_artists
    JOIN track_artists ON track_artists.artist_id = list_artists.artist_id
    WHERE list_artists.list_id = of_list
$$;

-- The charts of a list: those whose newest ranking has one of its tracks.
CREATE FUNCTION list_chart_ids(of_list bigint) RETURNS TABLE (chart_id integer) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT charts.id
    FROM list_track_ids(of_list) AS listed
    JOIN chart_ranking_entries AS entries ON entries.track_id = listed.track_id
    JOIN charts ON charts.id = entries.chart_id AND charts.last_ranked_on = entries.ranked_on
$$;

-- Whether a track is due every day because it belongs to a list that is kept fresh.
CREATE FUNCTION is_kept_fresh(of_track bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM list_tracks
        JOIN lists ON lists.id = list_tracks.list_id AND lists.keep_fresh
        WHERE list_tracks.track_id = of_track
    ) OR EXISTS (
        SELECT FROM track_artists
        JOIN list_artists ON list_artists.artist_id = track_artists.artist_id
        JOIN lists ON lists.id = list_artists.list_id AND lists.keep_fresh
        WHERE track_artists.track_id = of_track
    )
$$;

-- A dated note about a track or an artist.
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

-- A named page with its filters. A shared one is open to everybody with its link.
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
