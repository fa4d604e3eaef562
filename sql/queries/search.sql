-- Tracks, artists, charts, platforms and notes under some words, at most :size of each. What begins as it was typed comes
-- first, then what charted last. Under a letter or two there can be a hundred thousand: the best of some 1,000 will do.
(
    SELECT 'track' AS kind, CAST(found.uuid AS text) AS key, found.name AS title, found.credit_name AS note
    FROM (
        SELECT uuid, id, name, credit_name, search_text, last_charted_on
        FROM tracks
        WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', :words)
        LIMIT 1000
    ) AS found
    ORDER BY found.search_text LIKE :folded || '%' DESC, found.last_charted_on DESC NULLS LAST, lower(found.name), found.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'artist', CAST(found.uuid AS text), found.name, found.country_code
    FROM (
        SELECT uuid, id, name, country_code, search_text
        FROM artists
        WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', :words)
        LIMIT 1000
    ) AS found
    ORDER BY found.search_text = :folded DESC, found.search_text LIKE :folded || '%' DESC, lower(found.name), found.id
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
    WHERE to_tsvector('simple', charts.search_text) @@ to_tsquery('simple', :words)
    ORDER BY charts.sync_enabled DESC, charts.search_text LIKE :folded || '%' DESC, lower(charts.name), charts.id
    LIMIT :size
)
UNION ALL
(
    SELECT 'platform', platforms.slug, platforms.name, CASE WHEN has_song_audience THEN audience_metric_name ELSE '' END
    FROM platforms
    WHERE platforms.slug <> 'isrc'
        AND (
            to_tsvector('simple', platforms.name) @@ to_tsquery('simple', :words)
            OR platforms.fold LIKE nullif(:platform, '') || '%'
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
    WHERE to_tsvector('simple', notes.search_text) @@ to_tsquery('simple', :words)
    ORDER BY notes.noted_on DESC, notes.id DESC
    LIMIT :size
);
