-- Finishes a run only if the attempt still owns it; only then the other writes of the transaction are committed.
UPDATE job_runs
SET
    state = 'succeeded',
    finished_at = now(),
    heartbeat_at = now(),
    records_created = :created,
    records_updated = :updated,
    records_unchanged = :unchanged,
    message = :message
WHERE uuid = :uuid AND attempt = :attempt AND state = 'running'
RETURNING again;
