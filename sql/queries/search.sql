-- Of each of the :kinds at most :size that have the :words of a tsquery. What is called as it was typed (:called) comes
-- first, then what begins so, then what charted last. Under a letter or two there can be a hundred thousand: the best
-- of some 1,000 will do, and what only has the words is not looked for where enough comes before it. No letter comes
-- after chr(1114111).
WITH best_tracks AS MATERIALIZED (
    SELECT id, bool_or(is_called) AS is_called
    FROM (
        (
            SELECT id, true AS is_called FROM tracks
            WHERE 'track' = ANY(CAST(:kinds AS text[])) AND search_vector(search_text) @@ CAST(:called AS tsquery)
            LIMIT 1000
        )
        UNION ALL
        (
            SELECT id, false FROM tracks
            WHERE 'track' = ANY(CAST(:kinds AS text[]))
                AND left(search_text, 64) COLLATE "C" BETWEEN left(:folded, 64) AND left(:folded, 64) || chr(1114111)
                AND starts_with(search_text, :folded)
            LIMIT 1000
        )
    ) AS either
    GROUP BY id
),

found_tracks AS (
    SELECT id, is_called, true AS is_best FROM best_tracks
    UNION ALL
    (
        SELECT id, false, false FROM tracks
        WHERE 'track' = ANY(CAST(:kinds AS text[]))
            AND (SELECT count(*) FROM best_tracks) < :size
            AND search_vector(search_text) @@ CAST(:words AS tsquery)
            AND id <> ALL(ARRAY(SELECT best_tracks.id FROM best_tracks))
        LIMIT 1000
    )
),

best_artists AS MATERIALIZED (
    SELECT id, bool_or(is_called) AS is_called
    FROM (
        (
            SELECT id, true AS is_called FROM artists
            WHERE 'artist' = ANY(CAST(:kinds AS text[])) AND search_vector(search_text) @@ CAST(:called AS tsquery)
            LIMIT 1000
        )
        UNION ALL
        (
            SELECT id, false FROM artists
            WHERE 'artist' = ANY(CAST(:kinds AS text[]))
                AND left(search_text, 64) COLLATE "C" BETWEEN left(:folded, 64) AND left(:folded, 64) || chr(1114111)
                AND starts_with(search_text, :folded)
            LIMIT 1000
        )
    ) AS either
    GROUP BY id
),

found_artists AS (
    SELECT id, is_called, true AS is_best FROM best_artists
    UNION ALL
    (
        SELECT id, false, false FROM artists
        WHERE 'artist' = ANY(CAST(:kinds AS text[]))
            AND (SELECT count(*) FROM best_artists) < :size
            AND search_vector(search_text) @@ CAST(:words AS tsquery)
            AND id <> ALL(ARRAY(SELECT best_artists.id FROM best_artists))
        LIMIT 1000
    )
)

(
    SELECT 'track' AS kind, CAST(tracks.uuid AS text) AS key, tracks.name AS title, tracks.credit_name AS note
    FROM found_tracks AS found
    JOIN tracks ON tracks.id = found.id
    ORDER BY
        lower(tracks.name) = lower(:typed) DESC,
        found.is_called DESC,
        found.is_best DESC,
        tracks.last_charted_on DESC NULLS LAST,
        lower(tracks.name),
        tracks.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'artist', CAST(artists.uuid AS text), artists.name, artists.country_code
    FROM found_artists AS found
    JOIN artists ON artists.id = found.id
    ORDER BY
        lower(artists.name) = lower(:typed) DESC,
        found.is_called DESC,
        found.is_best DESC,
        lower(artists.name),
        artists.id
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
        charts.id = ANY(
            ARRAY(SELECT called.id FROM charts AS called WHERE search_vector(called.search_text) @@ CAST(:called AS tsquery))
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
            -- There are few: the one part of this that needs no index.
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
