-- Moves past runs of the loser's series to the winner.
UPDATE job_runs
SET
    dedupe_key = series.kept_key,
    args = jsonb_set(job_runs.args, '{track_uuid}', to_jsonb(winner.uuid))
FROM tracks AS winner
CROSS JOIN LATERAL (
    SELECT
        kind.name || ':' || :loser || ':' || platforms.id AS lost_key,
        kind.name || ':' || winner.id || ':' || platforms.id AS kept_key
    FROM platforms
    CROSS JOIN (VALUES ('audience'), ('backfill')) AS kind (name)
) AS series
WHERE winner.id = :winner AND job_runs.dedupe_key = series.lost_key;
