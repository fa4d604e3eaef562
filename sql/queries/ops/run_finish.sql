-- Holds only if the attempt is still its own; then whatever else the transaction wrote holds too.
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
