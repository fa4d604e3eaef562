-- Calls off those of some runs that wait or run. A running one is its worker's no more: it can finish nothing, so
-- nothing of what it has not committed is kept.
UPDATE job_runs
SET
    state = 'cancelled',
    finished_at = now(),
    again = NULL,
    message = 'Cancelled by ' || :actor || '.'
WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND state IN ('queued', 'running')
RETURNING uuid, old.state AS was;
