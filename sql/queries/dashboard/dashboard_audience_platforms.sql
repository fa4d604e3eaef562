-- Platforms with audience, each with the newest date of its tracks.
SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name AS metric_name,
    newest.last_date AS newest_date
FROM platforms
JOIN LATERAL (
    SELECT last_date FROM audience_states
    WHERE audience_states.platform_id = platforms.id AND last_date IS NOT NULL
    ORDER BY last_date DESC
    LIMIT 1
) AS newest ON true
WHERE CAST(:platform_id AS integer) IS NULL OR platforms.id = :platform_id
ORDER BY platforms.id;
