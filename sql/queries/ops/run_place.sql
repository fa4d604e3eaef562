-- The number of due runs that will be taken before this one: more urgent queues first, then by arrival.
SELECT count(*) AS ahead
FROM job_runs
JOIN job_runs AS own ON own.uuid = :uuid
WHERE job_runs.state = 'queued'
    AND job_runs.run_after <= now()
    AND (queue_rank(job_runs.queue), job_runs.number)
    < (queue_rank(own.queue), own.number);
