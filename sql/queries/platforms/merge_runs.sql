-- The live runs of a platform, in any spelling.
SELECT
    count(*) FILTER (WHERE state = 'running') AS running,
    count(*) FILTER (WHERE state = 'queued' AND args ->> 'chart' IS NULL) AS queued
FROM job_runs
WHERE state IN ('queued', 'running')
    AND regexp_replace(lower(args ->> 'platform' COLLATE "C"), '[^a-z0-9]', '', 'g') IN (
        SELECT fold FROM platforms WHERE id = :loser
        UNION ALL
        SELECT fold FROM platform_aliases WHERE platform_id = :loser
    );
