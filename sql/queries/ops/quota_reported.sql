-- The calls left as last reported by the API, no earlier than :since, whether its free usage was checked lately, and
-- whether anything is paused by the reserve.
SELECT
    (
        SELECT quota_left FROM api_calls
        WHERE quota_left IS NOT NULL AND started_at >= :since
        ORDER BY started_at DESC
        LIMIT 1
    ) AS quota_left,
    EXISTS (
        SELECT FROM api_calls
        WHERE endpoint = 'usage' AND started_at > now() - :lately * interval '1 second'
    ) AS lately_requested,
    EXISTS (SELECT FROM queue_pauses WHERE kind = 'reserve') AS is_reserved;
