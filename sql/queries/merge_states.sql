-- What is known of the loser's series joins what is known of the winner's: the newer look counts, and the
-- dates and the latest value are read again from the rows, which have moved by now.
WITH gone AS (
    DELETE FROM audience_states
    WHERE platform_id = :loser
    RETURNING *
)

INSERT INTO audience_states AS kept (
    track_id, platform_id, status, error, looked_at, fetched_at, first_date, last_date, latest_value, history_from,
    due_at, version, run_uuid
)
SELECT
    gone.track_id,
    :winner,
    CASE WHEN newest.date IS NULL THEN gone.status ELSE 'ok' END,
    gone.error,
    gone.looked_at,
    gone.fetched_at,
    oldest.date,
    newest.date,
    newest.audience_value,
    NULL,
    now(),
    gone.version + 1,
    gone.run_uuid
FROM gone
LEFT JOIN LATERAL (
    SELECT date, audience_value
    FROM track_audience_time_series
    WHERE track_id = gone.track_id AND platform_id = :winner
    ORDER BY date DESC
    LIMIT 1
) AS newest ON true
LEFT JOIN LATERAL (
    SELECT date
    FROM track_audience_time_series
    WHERE track_id = gone.track_id AND platform_id = :winner
    ORDER BY date
    LIMIT 1
) AS oldest ON true
ON CONFLICT (track_id, platform_id) DO UPDATE SET
    status = CASE WHEN excluded.last_date IS NULL THEN kept.status ELSE 'ok' END,
    looked_at = greatest(kept.looked_at, excluded.looked_at),
    fetched_at = greatest(kept.fetched_at, excluded.fetched_at),
    first_date = excluded.first_date,
    last_date = excluded.last_date,
    latest_value = excluded.latest_value,
    due_at = least(kept.due_at, excluded.due_at),
    version = greatest(kept.version, excluded.version) + 1;
