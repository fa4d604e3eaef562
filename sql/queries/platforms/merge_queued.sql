-- Queued runs of the loser's charts continue under the winner's name. Those of its series, and of discovering its
-- charts, are cancelled, since their keys are not the winner's; the series are due under the winner at once.
UPDATE job_runs
SET
    args = CASE
        WHEN args ->> 'chart' IS NULL THEN args
        ELSE jsonb_set(args, '{platform}', to_jsonb(winner.slug))
    END,
    state = CASE WHEN args ->> 'chart' IS NULL THEN 'cancelled' ELSE state END,
    finished_at = CASE WHEN args ->> 'chart' IS NULL THEN now() END,
    error = CASE
        WHEN args ->> 'chart' IS NULL THEN 'Called off: the platform was merged into ' || winner.name || '.'
        ELSE error
    END
FROM platforms AS winner
WHERE winner.id = :winner
    AND job_runs.state = 'queued'
    AND regexp_replace(lower(args ->> 'platform' COLLATE "C"), '[^a-z0-9]', '', 'g') IN (
        SELECT fold FROM platforms WHERE id = :loser
        UNION ALL
        SELECT fold FROM platform_aliases WHERE platform_id = :loser
    );
