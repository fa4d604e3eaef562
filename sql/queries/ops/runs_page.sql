-- A page of runs, newest first; `before` is the number of the last run of the previous page. `words` are a tsquery
-- for the names of tracks (also of those in a batch), of charts, and for search terms.
WITH named AS (
    SELECT track_uuids.uuid::text AS uuid
    FROM tracks
    JOIN track_uuids ON track_uuids.track_id = tracks.id
    WHERE search_vector(tracks.search_text) @@ CAST(:words AS tsquery)
)

SELECT
    job_runs.uuid,
    job_runs.number,
    job_runs.task,
    job_runs.args,
    job_runs.queue,
    job_runs.state,
    job_runs.forced,
    job_runs.attempt,
    job_runs.max_attempts,
    coalesce(users.email, nullif(job_runs.command_line_user, '')) AS requester,
    job_runs.parent_uuid,
    job_runs.run_after,
    job_runs.created_at,
    job_runs.started_at,
    job_runs.heartbeat_at,
    job_runs.finished_at,
    job_runs.pages,
    job_runs.calls,
    job_runs.records_created,
    job_runs.records_updated,
    job_runs.records_unchanged,
    job_runs.message,
    job_runs.error,
    CASE WHEN job_runs.state = 'queued' THEN (SELECT next_check_at FROM api_pause) END AS paused_until,
    CASE
        WHEN job_runs.state = 'queued' THEN (
            SELECT min(reason) FROM queue_pauses WHERE queue_pauses.queue = job_runs.queue
        )
    END AS queue_paused,
    tracks.name AS track_name,
    platforms.name AS platform_name
FROM job_runs
LEFT JOIN users ON users.id = job_runs.requested_by
LEFT JOIN platforms ON platforms.slug = job_runs.args ->> 'platform'
LEFT JOIN tracks ON tracks.uuid = CAST(job_runs.args ->> 'track_uuid' AS uuid)
WHERE (CAST(:uuid AS uuid) IS NULL OR job_runs.uuid = :uuid)
    AND (CAST(:state AS text) IS NULL OR job_runs.state = :state)
    AND (CAST(:task AS text) IS NULL OR job_runs.task = :task)
    AND (CAST(:queue AS text) IS NULL OR job_runs.queue = :queue)
    AND (
        CAST(:requested_by AS text) IS NULL
        OR (:requested_by = 'schedule' AND job_runs.requested_by IS NULL AND job_runs.command_line_user = '')
        OR job_runs.requested_by = (SELECT id FROM users WHERE email = :requested_by)
        OR (job_runs.command_line_user <> '' AND job_runs.command_line_user = :requested_by)
    )
    AND (CAST(:platform AS text) IS NULL OR job_runs.args ->> 'platform' = :platform)
    AND (CAST(:since AS date) IS NULL OR job_runs.created_at >= CAST(:since AS date))
    AND (CAST(:until AS date) IS NULL OR job_runs.created_at < CAST(:until AS date) + 1)
    AND (NOT :with_errors OR job_runs.error <> '')
    AND (
        CAST(:words AS text) IS NULL
        OR job_runs.args ->> 'track_uuid' IN (SELECT uuid FROM named)
        OR job_runs.args -> 'track_uuids' ?| ARRAY(SELECT uuid FROM named)
        OR job_runs.args ->> 'chart' IN (
            SELECT slug FROM charts WHERE search_vector(search_text) @@ CAST(:words AS tsquery)
        )
        OR search_vector(lower(left(job_runs.args ->> 'term', 400))) @@ CAST(:words AS tsquery)
    )
    AND (CAST(:before AS bigint) IS NULL OR job_runs.number < :before)
ORDER BY job_runs.number DESC
LIMIT :size;
