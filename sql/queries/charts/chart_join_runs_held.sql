-- Locks the live runs of two charts until the end of the join: whoever ends one of them writes its chart afterwards,
-- and could otherwise deadlock.
SELECT uuid
FROM job_runs
WHERE state IN ('queued', 'running')
    AND args ->> 'chart' IN (SELECT slug FROM chart_slugs WHERE chart_id IN (:winner, :loser))
ORDER BY uuid
FOR UPDATE;
