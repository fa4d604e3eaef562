-- Moves the runs of both charts to the joined chart, under its new slug. If both have a live run of one subject, the
-- loser's is cancelled, and a worker that is running it writes nothing more.
WITH loser AS (
    SELECT slug FROM charts WHERE id = :loser
),

subjects AS (
    SELECT
        uuid,
        regexp_replace(
            dedupe_key, '^(chart|ranking|accept):' || :loser || '(:|$)', '\1:' || :winner || '\2'
        ) AS kept_key
    FROM job_runs
    WHERE args ->> 'chart' IN (SELECT slug FROM chart_slugs WHERE chart_id IN (:winner, :loser))
),

met AS (
    SELECT subjects.uuid
    FROM subjects
    JOIN job_runs AS lost ON lost.uuid = subjects.uuid AND lost.state IN ('queued', 'running')
    JOIN job_runs AS kept ON kept.dedupe_key = subjects.kept_key AND kept.state IN ('queued', 'running')
    WHERE kept.uuid <> lost.uuid
)

UPDATE job_runs
SET
    dedupe_key = subjects.kept_key,
    args = jsonb_set(job_runs.args, '{chart}', to_jsonb(loser.slug)),
    again = jsonb_set(job_runs.again, '{chart}', to_jsonb(loser.slug)),
    state = CASE WHEN met.uuid IS NULL THEN job_runs.state ELSE 'cancelled' END,
    finished_at = CASE WHEN met.uuid IS NULL THEN job_runs.finished_at ELSE now() END,
    error = CASE
        WHEN met.uuid IS NULL THEN job_runs.error
        ELSE 'Cancelled: the chart was joined to another one, which has such a run.'
    END
FROM subjects
CROSS JOIN loser
LEFT JOIN met ON met.uuid = subjects.uuid
WHERE job_runs.uuid = subjects.uuid;
