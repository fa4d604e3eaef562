-- The runs requested by a run, in order.
SELECT
    uuid,
    number,
    task,
    state
FROM job_runs
WHERE parent_uuid = :uuid
ORDER BY number;
