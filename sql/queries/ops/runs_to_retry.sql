-- The newest runs of a kind that failed and have no later run of the same subject, neither a retry nor another one,
-- whatever its result. `total` also counts those beyond the limit.
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
