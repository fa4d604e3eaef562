-- Enabled charts whose time has come, the longest due first, leased until their next time: one that fails is not tried
-- again at once for ever.
UPDATE charts
SET next_sync_at = now() + chart_sync_wait(sync_hours, frequency)
WHERE id IN (
    SELECT id FROM charts
    WHERE sync_enabled AND (next_sync_at IS NULL OR next_sync_at <= now())
    ORDER BY next_sync_at NULLS FIRST, id
    LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING id;
