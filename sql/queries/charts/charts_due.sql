-- Enabled charts that are due, the longest due first, leased until their next time, so that a failing one is not
-- retried at once for ever.
UPDATE charts
SET next_sync_at = now() + chart_sync_wait(sync_hours, frequency)
WHERE id = ANY(ARRAY(
    SELECT id FROM charts
    WHERE sync_enabled AND (next_sync_at IS NULL OR next_sync_at <= now())
    ORDER BY next_sync_at NULLS FIRST, id
    LIMIT :most
    FOR UPDATE SKIP LOCKED
))
RETURNING id;
