-- The runs that a run led to, in order.
SELECT
    uuid,
    number,
    task,
    state
FROM job_runs
WHERE parent_uuid = :uuid
ORDER BY number;
