-- A page of tracks by name, with what is known of the freshness of each; `after` is the last track of the page before.
WITH page AS (
    SELECT id, uuid, name, credit_name, isrc, release_date, metadata_fetched_at, metadata_error
    FROM tracks
    WHERE (CAST(:words AS text) IS NULL OR to_tsvector('simple', search_text) @@ to_tsquery('simple', :words))
        AND (
            CAST(:after AS uuid) IS NULL
            OR (lower(name), id) > (SELECT lower(last.name), last.id FROM tracks AS last WHERE last.uuid = :after)
        )
    ORDER BY lower(name), id
    LIMIT :size
)

SELECT
    page.*,
    freshness.newest_date,
    freshness.platforms,
    freshness.fetched_at,
    freshness.failures
FROM page
CROSS JOIN LATERAL (
    SELECT
        max(last_date) AS newest_date,
        count(last_date) AS platforms,
        max(fetched_at) AS fetched_at,
        count(*) FILTER (WHERE status = 'failed') AS failures
    FROM audience_states
    WHERE audience_states.track_id = page.id
) AS freshness
ORDER BY lower(page.name), page.id;
