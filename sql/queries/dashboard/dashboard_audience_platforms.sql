-- Platforms with audience, each with the newest whole day of its tracks.
SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name AS metric_name,
    newest.last_whole_date AS newest_date
FROM platforms
JOIN LATERAL (
    SELECT last_whole_date FROM audience_states
    WHERE audience_states.platform_id = platforms.id AND last_whole_date IS NOT NULL
    ORDER BY last_whole_date DESC
    LIMIT 1
) AS newest ON true
WHERE CAST(:platform_id AS integer) IS NULL OR platforms.id = :platform_id
ORDER BY platforms.id;
