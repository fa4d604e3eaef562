-- Cancels those of the given runs that are queued or running. A running one no longer belongs to its worker, which
-- can then commit nothing more.
UPDATE job_runs
SET
    state = 'cancelled',
    finished_at = now(),
    again = NULL,
    message = 'Cancelled by ' || :actor || '.'
WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND state IN ('queued', 'running')
RETURNING uuid, old.state AS was;
