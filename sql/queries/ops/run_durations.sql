-- The times from the start of the last attempt to the end, by task, of runs that ended in the last 24 hours.
SELECT
    task,
    count(*) AS runs,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(EPOCH FROM finished_at - started_at)) AS half,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(EPOCH FROM finished_at - started_at)) AS most
FROM job_runs
WHERE finished_at >= now() - interval '24 hours'
    AND started_at IS NOT NULL
    AND state IN ('succeeded', 'failed', 'dead')
GROUP BY task
ORDER BY runs DESC, task;
