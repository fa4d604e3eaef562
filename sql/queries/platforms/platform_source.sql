-- The results of calls about a platform in the last hours; any response counts as answered, including 404.
WITH recent AS (
    SELECT
        started_at,
        duration_ms,
        status BETWEEN 200 AND 299 OR status = 404 AS is_answered
    FROM api_calls
    WHERE platform = :slug
        AND started_at >= CAST(:now AS timestamptz) - interval '168 hours'
)

SELECT
    windows.hours,
    count(recent.started_at) AS calls,
    count(*) FILTER (WHERE recent.is_answered) AS answered,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY recent.duration_ms) AS median_ms
FROM (VALUES (24), (168)) AS windows (hours)
LEFT JOIN recent ON recent.started_at >= CAST(:now AS timestamptz) - windows.hours * interval '1 hour'
GROUP BY windows.hours
ORDER BY windows.hours;
