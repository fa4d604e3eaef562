-- Requests become new runs, or find the live run with their key; the keys of one statement are distinct.
-- The predicate is literal on purpose: a bound parameter stops matching the partial index once the statement is
-- prepared.
-- A run without a requester of its own has that of its parent.
-- A forced request makes a queued run forced, and requests one more pass of a running one; a more urgent queue wins.
INSERT INTO job_runs (task, args, dedupe_key, queue, forced, requested_by, parent_uuid, command_line_user)
SELECT
    request.task,
    request.args,
    request.key,
    request.queue,
    request.forced,
    request.requested_by,
    request.parent_uuid,
    -- No join, which could change the order of the requests: inserts in different orders can deadlock.
    CASE
        WHEN request.requested_by IS NULL
        THEN coalesce(
            (SELECT parent.command_line_user FROM job_runs AS parent WHERE parent.uuid = request.parent_uuid),
            :command_line_user
        )
        ELSE ''
    END
FROM jsonb_to_recordset(CAST(:requests AS jsonb)) AS request (
    task text, args jsonb, key text, queue text, forced boolean, requested_by bigint, parent_uuid uuid
)
ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'running')
DO UPDATE SET
    args = CASE
        WHEN job_runs.state = 'queued' AND excluded.forced THEN excluded.args
        ELSE job_runs.args
    END,
    forced = job_runs.forced OR (job_runs.state = 'queued' AND excluded.forced),
    again = CASE
        WHEN job_runs.state = 'running' AND excluded.forced THEN excluded.args
        ELSE job_runs.again
    END,
    run_after = CASE
        WHEN job_runs.state = 'queued' AND excluded.queue = 'interactive' THEN least(job_runs.run_after, now())
        ELSE job_runs.run_after
    END,
    requested_by = CASE
        WHEN job_runs.command_line_user = '' THEN coalesce(job_runs.requested_by, excluded.requested_by)
    END,
    command_line_user = CASE
        WHEN job_runs.command_line_user = '' AND job_runs.requested_by IS NULL THEN excluded.command_line_user
        ELSE job_runs.command_line_user
    END,
    queue = CASE
        WHEN queue_rank(excluded.queue) < queue_rank(job_runs.queue) THEN excluded.queue
        ELSE job_runs.queue
    END
RETURNING uuid, dedupe_key AS key, state, queue, (old.uuid IS NULL) AS created;
