-- Tracks, artists, charts, platforms and notes that have the :words and not the :without of two tsqueries, at most :size
-- of each. What is called as it was typed (:called) comes first, then what begins so, then what charted last. Under a
-- letter or two there can be a hundred thousand: the best of some 1,000 of either will do.
(
    SELECT 'track' AS kind, CAST(tracks.uuid AS text) AS key, tracks.name AS title, tracks.credit_name AS note
    FROM (
        SELECT id, bool_or(is_called) AS is_called
        FROM (
            (SELECT id, true AS is_called FROM tracks WHERE search_vector(search_text) @@ CAST(:called AS tsquery) LIMIT 1000)
            UNION ALL
            (SELECT id, false FROM tracks WHERE search_vector(search_text) @@ CAST(:words AS tsquery) LIMIT 1000)
        ) AS either
        GROUP BY id
    ) AS found
    JOIN tracks ON tracks.id = found.id
    WHERE CAST(:without AS text) = '' OR NOT search_vector(tracks.search_text) @@ CAST(:without AS tsquery)
    ORDER BY
        lower(tracks.name) = lower(:typed) DESC,
        found.is_called DESC,
        tracks.search_text LIKE :folded || '%' DESC,
        tracks.last_charted_on DESC NULLS LAST,
        lower(tracks.name),
        tracks.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'artist', CAST(artists.uuid AS text), artists.name, artists.country_code
    FROM (
        SELECT id, bool_or(is_called) AS is_called
        FROM (
            (SELECT id, true AS is_called FROM artists WHERE search_vector(search_text) @@ CAST(:called AS tsquery) LIMIT 1000)
            UNION ALL
            (SELECT id, false FROM artists WHERE search_vector(search_text) @@ CAST(:words AS tsquery) LIMIT 1000)
        ) AS either
        GROUP BY id
    ) AS found
    JOIN artists ON artists.id = found.id
    WHERE CAST(:without AS text) = '' OR NOT search_vector(artists.search_text) @@ CAST(:without AS tsquery)
    ORDER BY
        lower(artists.name) = lower(:typed) DESC,
        found.is_called DESC,
        artists.search_text LIKE :folded || '%' DESC,
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
    WHERE search_vector(charts.search_text) @@ CAST(:words AS tsquery)
        AND NOT search_vector(charts.search_text) @@ CAST(:without AS tsquery)
    ORDER BY
        charts.sync_enabled DESC,
        search_vector(charts.search_text) @@ CAST(:called AS tsquery) DESC,
        charts.search_text LIKE :folded || '%' DESC,
        lower(charts.name),
        charts.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'platform', platforms.slug, platforms.name, CASE WHEN has_song_audience THEN audience_metric_name ELSE '' END
    FROM platforms
    WHERE platforms.slug <> 'isrc'
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
    WHERE search_vector(notes.search_text) @@ CAST(:words AS tsquery)
        AND NOT search_vector(notes.search_text) @@ CAST(:without AS tsquery)
    ORDER BY notes.noted_on DESC, notes.id DESC
    LIMIT :size
);
