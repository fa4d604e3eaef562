-- Moves runs of the loser's series to the winner. If both have a live run of a series, the loser's is cancelled, and
-- a worker that is running it writes nothing more.
WITH series AS (
    SELECT
        kind.name || ':' || :loser || ':' || platforms.id AS lost_key,
        kind.name || ':' || :winner || ':' || platforms.id AS kept_key
    FROM platforms
    CROSS JOIN (VALUES ('audience'), ('backfill')) AS kind (name)
),

winner AS (
    SELECT uuid FROM tracks WHERE id = :winner
)

UPDATE job_runs
SET
    dedupe_key = series.kept_key,
    args = jsonb_set(job_runs.args, '{track_uuid}', to_jsonb(winner.uuid)),
    state = CASE WHEN other.uuid IS NULL THEN job_runs.state ELSE 'cancelled' END,
    finished_at = CASE WHEN other.uuid IS NULL THEN job_runs.finished_at ELSE now() END,
    error = CASE
        WHEN other.uuid IS NULL THEN job_runs.error
        ELSE 'Cancelled: the track was merged into ' || winner.uuid || ', which has such a run.'
    END
FROM series
CROSS JOIN winner
LEFT JOIN job_runs AS other
    ON other.dedupe_key = series.kept_key AND other.state IN ('queued', 'running')
WHERE job_runs.dedupe_key = series.lost_key AND job_runs.state IN ('queued', 'running');
