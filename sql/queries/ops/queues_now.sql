-- The queued and running runs of each queue.
SELECT
    queue,
    count(*) FILTER (WHERE state = 'queued') AS waiting,
    count(*) FILTER (WHERE state = 'running') AS running
FROM job_runs
WHERE state IN ('queued', 'running')
GROUP BY queue;
