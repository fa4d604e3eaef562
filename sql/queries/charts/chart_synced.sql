-- A successful sync clears former failures.
UPDATE charts
SET
    last_synced_at = greatest(last_synced_at, :received_at),
    sync_failed_at = NULL,
    sync_error = '',
    next_sync_at = CASE WHEN sync_enabled THEN now() + chart_sync_wait(sync_hours, frequency) END
WHERE id = :chart_id;
