-- At most :size rows of each of the :kinds that match the :words of a tsquery. Rows named exactly as typed (:called)
-- come first, then those that begin so, then by their last ranking. Under one or two letters there can be a hundred
-- thousand: the best of some 1,000 are enough, and rows that only contain the words are not searched if there are
-- enough others. No letter comes after chr(1114111).
WITH called_tracks AS MATERIALIZED (
    SELECT id, uuid, name, credit_name FROM tracks
    WHERE 'track' = ANY(CAST(:kinds AS text[])) AND search_vector(search_text) @@ CAST(:called AS tsquery)
    LIMIT 1000
),

begun_tracks AS MATERIALIZED (
    SELECT id, uuid, name, credit_name FROM tracks
    WHERE 'track' = ANY(CAST(:kinds AS text[]))
        AND left(search_text, 64) COLLATE "C" BETWEEN left(:folded, 64) AND left(:folded, 64) || chr(1114111)
        AND starts_with(search_text, :folded)
    LIMIT 1000
),

worded_tracks AS MATERIALIZED (
    SELECT id, uuid, name, credit_name FROM tracks
    WHERE 'track' = ANY(CAST(:kinds AS text[]))
        AND greatest((SELECT count(*) FROM called_tracks), (SELECT count(*) FROM begun_tracks)) < :size
        AND search_vector(search_text) @@ CAST(:words AS tsquery)
    LIMIT 1000
),

found_tracks AS (
    SELECT DISTINCT ON (id) *
    FROM (
        SELECT 1 AS rank, * FROM called_tracks
        UNION ALL
        SELECT 2, * FROM begun_tracks
        UNION ALL
        SELECT 3, * FROM worded_tracks
    ) AS ranked
    ORDER BY id, rank
),

called_artists AS MATERIALIZED (
    SELECT id, uuid, name, country_code FROM artists
    WHERE 'artist' = ANY(CAST(:kinds AS text[])) AND search_vector(search_text) @@ CAST(:called AS tsquery)
    LIMIT 1000
),

begun_artists AS MATERIALIZED (
    SELECT id, uuid, name, country_code FROM artists
    WHERE 'artist' = ANY(CAST(:kinds AS text[]))
        AND left(search_text, 64) COLLATE "C" BETWEEN left(:folded, 64) AND left(:folded, 64) || chr(1114111)
        AND starts_with(search_text, :folded)
    LIMIT 1000
),

worded_artists AS MATERIALIZED (
    SELECT id, uuid, name, country_code FROM artists
    WHERE 'artist' = ANY(CAST(:kinds AS text[]))
        AND greatest((SELECT count(*) FROM called_artists), (SELECT count(*) FROM begun_artists)) < :size
        AND search_vector(search_text) @@ CAST(:words AS tsquery)
    LIMIT 1000
),

found_artists AS (
    SELECT DISTINCT ON (id) *
    FROM (
        SELECT 1 AS rank, * FROM called_artists
        UNION ALL
        SELECT 2, * FROM begun_artists
        UNION ALL
        SELECT 3, * FROM worded_artists
    ) AS ranked
    ORDER BY id, rank
)

(
    SELECT 'track' AS kind, CAST(uuid AS text) AS key, name AS title, credit_name AS note
    FROM found_tracks
    ORDER BY
        lower(name) = lower(:typed) DESC,
        rank,
        (SELECT max(known.last_on) FROM chart_tracks AS known WHERE known.track_id = found_tracks.id) DESC NULLS LAST,
        lower(name),
        id
    LIMIT :size
)
UNION ALL
(
    SELECT 'artist', CAST(uuid AS text), name, country_code
    FROM found_artists
    ORDER BY lower(name) = lower(:typed) DESC, rank, lower(name), id
    LIMIT :size
)
UNION ALL
(
    SELECT
        'chart',
        charts.slug,
        charts.name,
        platforms.name || ', ' || charts.place
    FROM charts
    JOIN platforms ON platforms.id = charts.platform_id
    WHERE 'chart' = ANY(CAST(:kinds AS text[])) AND search_vector(charts.search_text) @@ CAST(:words AS tsquery)
    ORDER BY
        charts.sync_enabled DESC,
        charts.id IN (
            SELECT called.id FROM charts AS called WHERE search_vector(called.search_text) @@ CAST(:called AS tsquery)
        ) DESC,
        starts_with(charts.search_text, :folded) DESC,
        lower(charts.name),
        charts.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'platform', platforms.slug, platforms.name, CASE WHEN has_song_audience THEN audience_metric_name ELSE '' END
    FROM platforms
    WHERE 'platform' = ANY(CAST(:kinds AS text[]))
        AND platforms.slug <> 'isrc'
        AND (
            -- There are few of these, so this part needs no index.
            search_vector(lower(platforms.name)) @@ CAST(:words AS tsquery)
            OR platforms.fold LIKE nullif(:platform, '') || '%'
            OR platforms.fold = ANY(CAST(:near_platforms AS text[]))
            OR EXISTS (
                SELECT FROM platform_aliases
                WHERE platform_aliases.platform_id = platforms.id
                    AND platform_aliases.fold LIKE nullif(:platform, '') || '%'
            )
        )
    ORDER BY platforms.fold LIKE :platform || '%' DESC, lower(platforms.name)
    LIMIT :size
)
UNION ALL
(
    SELECT
        'note',
        CAST(notes.uuid AS text),
        notes.text,
        concat_ws(', ', coalesce(nullif(tracks.name, ''), artists.name), notes.noted_on)
    FROM notes
    LEFT JOIN tracks ON tracks.id = notes.track_id
    LEFT JOIN artists ON artists.id = notes.artist_id
    WHERE 'note' = ANY(CAST(:kinds AS text[])) AND search_vector(notes.search_text) @@ CAST(:words AS tsquery)
    ORDER BY notes.noted_on DESC, notes.id DESC
    LIMIT :size
);
