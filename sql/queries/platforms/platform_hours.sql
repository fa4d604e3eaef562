-- The calls about a platform in each of the last 24 hours, including the current one.
SELECT
    hours.bucket,
    coalesce(CAST(sum(counted.calls) AS bigint), 0) AS calls,
    coalesce(CAST(sum(counted.answered) AS bigint), 0) AS answered
FROM generate_series(
    date_trunc('hour', CAST(:now AS timestamptz)) - interval '23 hours', :now, interval '1 hour'
) AS hours (bucket)
LEFT JOIN api_calls_hourly AS counted
    ON counted.bucket = hours.bucket
    AND counted.platform = :slug
    AND counted.bucket >= CAST(:now AS timestamptz) - interval '24 hours'
GROUP BY hours.bucket
ORDER BY hours.bucket;
