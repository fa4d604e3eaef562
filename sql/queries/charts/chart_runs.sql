-- The newest runs of a chart with their requesters.
SELECT
    job_runs.uuid,
    job_runs.number,
    job_runs.task,
    job_runs.args ->> 'ranked_on' AS ranked_on,
    job_runs.state,
    job_runs.created_at,
    job_runs.finished_at,
    job_runs.message,
    job_runs.error,
    coalesce(users.email, nullif(job_runs.command_line_user, '')) AS requester
FROM job_runs
LEFT JOIN users ON users.id = job_runs.requested_by
WHERE job_runs.args ->> 'chart' = :chart
ORDER BY job_runs.number DESC
LIMIT :size;
