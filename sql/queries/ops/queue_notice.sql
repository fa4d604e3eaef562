-- Why jobs wait, how many, and when they continue; no row while nothing is paused. A spent quota ("quota") pauses
-- every queue, which is returned as the queue ''.
SELECT
    paused.queue,
    paused.kind,
    paused.reason,
    users.email AS paused_by,
    paused.paused_at,
    paused.next_look_at,
    paused.lasts_until,
    (
        SELECT count(*) FROM job_runs
        WHERE job_runs.state = 'queued' AND paused.queue IN ('', job_runs.queue)
    ) AS waiting
FROM (
    SELECT queue, kind, reason, paused_by, paused_at, CAST(NULL AS timestamptz) AS next_look_at, lasts_until
    FROM queue_pauses
    UNION ALL
    SELECT '', 'quota', reason, NULL, paused_at, next_check_at, lasts_until FROM api_pause
) AS paused
LEFT JOIN users ON users.id = paused.paused_by
ORDER BY
    array_position(ARRAY['quota', 'operator', 'reserve', 'share'], paused.kind),
    queue_rank(paused.queue);
