-- The runs that ended in each of the last 24 hours, including the current one.
SELECT
    hours.hour,
    coalesce(ended.runs, 0) AS runs
FROM generate_series(
    date_trunc('hour', now()) - interval '23 hours', now(), interval '1 hour'
) AS hours (hour)
LEFT JOIN (
    SELECT
        date_trunc('hour', finished_at) AS hour,
        count(*) AS runs
    FROM job_runs
    WHERE finished_at >= date_trunc('hour', now()) - interval '23 hours'
        AND state IN ('succeeded', 'failed', 'dead')
    GROUP BY 1
) AS ended ON ended.hour = hours.hour
ORDER BY hours.hour;
