-- Runs that ended long ago, the oldest first, with their dependent rows. A run stays as long as its children, so no
-- live run loses its parent.
DELETE FROM job_runs
WHERE uuid = ANY(ARRAY(
    SELECT old.uuid
    FROM job_runs AS old
    WHERE old.state NOT IN ('queued', 'running')
        AND coalesce(old.finished_at, old.created_at) < now() - :days * interval '1 day'
        AND NOT EXISTS (SELECT FROM job_runs AS child WHERE child.parent_uuid = old.uuid)
    ORDER BY old.number
    LIMIT :most
    FOR UPDATE SKIP LOCKED
));
