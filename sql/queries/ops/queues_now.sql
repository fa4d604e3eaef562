-- The runs of each queue that are not over.
SELECT
    queue,
    count(*) FILTER (WHERE state = 'queued') AS waiting,
    count(*) FILTER (WHERE state = 'running') AS running
FROM job_runs
WHERE state IN ('queued', 'running')
GROUP BY queue;
