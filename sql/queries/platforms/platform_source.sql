-- The results of calls about a platform in the last hours; any response counts as answered, including 404.
SELECT
    windows.hours,
    count(api_calls.started_at) AS calls,
    count(*) FILTER (WHERE api_calls.status BETWEEN 200 AND 299 OR api_calls.status = 404) AS answered,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY api_calls.duration_ms) AS median_ms
FROM (VALUES (24), (168)) AS windows (hours)
LEFT JOIN api_calls
    ON api_calls.platform = :slug
    AND api_calls.started_at >= CAST(:now AS timestamptz) - windows.hours * interval '1 hour'
GROUP BY windows.hours
ORDER BY windows.hours;
