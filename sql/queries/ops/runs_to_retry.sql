-- The newest runs of a kind that ended badly and that nothing of the same subject came after: neither a retry nor a
-- later run, well ended or not. `total` counts those beyond the limit too.
SELECT
    uuid,
    count(*) OVER () AS total
FROM job_runs
WHERE state = :state
    AND task = :task
    AND NOT EXISTS (
        SELECT FROM job_runs AS later
        WHERE later.dedupe_key = job_runs.dedupe_key AND later.number > job_runs.number
    )
ORDER BY number DESC
LIMIT :most;
