-- The live runs of two charts, held until the end of the join: who ends one of them writes its chart after, and would wait
-- in a circle.
SELECT uuid
FROM job_runs
WHERE state IN ('queued', 'running')
    AND args ->> 'chart' IN (SELECT slug FROM chart_slugs WHERE chart_id IN (:winner, :loser))
ORDER BY uuid
FOR UPDATE;
