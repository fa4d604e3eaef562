-- Runs that ended long ago, the oldest first, with all that hangs on them. One that led to another stays as long as that
-- does, so none that is live loses the one it came from.
DELETE FROM job_runs
WHERE uuid IN (
    SELECT old.uuid
    FROM job_runs AS old
    WHERE old.state NOT IN ('queued', 'running')
        AND coalesce(old.finished_at, old.created_at) < now() - :days * interval '1 day'
        AND NOT EXISTS (SELECT FROM job_runs AS child WHERE child.parent_uuid = old.uuid)
    ORDER BY old.number
    LIMIT :most
    FOR UPDATE SKIP LOCKED
);
