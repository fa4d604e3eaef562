-- The coverage of a platform's tracks. A track counts as never fetched if no state shows a fetch.
SELECT
    (SELECT count(*) FROM tracks) AS tracks,
    count(*) FILTER (WHERE status <> 'never' OR last_date IS NOT NULL) AS requested,
    count(*) FILTER (WHERE last_date IS NOT NULL) AS with_data,
    count(*) FILTER (WHERE last_date < CAST(:today AS date) - 3) AS stale,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status IN ('empty', 'absent') AND last_date IS NULL) AS without,
    max(last_date) AS last_date,
    max(fetched_at) AS fetched_at
FROM audience_states
WHERE platform_id = :platform_id;
