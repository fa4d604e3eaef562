-- Merges the states of the loser's series into the winner's: the newer fetch counts, and figures of the rows are
-- computed again from them, which have already moved. All are due at once. Of a series that both have, the history is
-- that fetched under the winner's uuid.
WITH gone AS (
    DELETE FROM audience_states
    WHERE track_id = :loser
    RETURNING *
)

INSERT INTO audience_states AS kept (
    track_id, platform_id, status, error, looked_at, fetched_at, first_date, last_date, latest_value,
    last_whole_date, last_whole_value, fell_on, gain_7_days, gain_7_days_base, gain_7_days_covers,
    gain_7_days_caveat, gain_7_days_before, history_from, due_at, version, run_uuid
)
SELECT
    :winner,
    gone.platform_id,
    CASE WHEN summary.last_date IS NULL THEN gone.status ELSE 'ok' END,
    gone.error,
    gone.looked_at,
    gone.fetched_at,
    summary.first_date,
    summary.last_date,
    summary.latest_value,
    summary.last_whole_date,
    summary.last_whole_value,
    summary.fell_on,
    summary.gain_7_days,
    summary.gain_7_days_base,
    summary.gain_7_days_covers,
    summary.gain_7_days_caveat,
    summary.gain_7_days_before,
    gone.history_from,
    now(),
    gone.version + 1,
    gone.run_uuid
FROM gone
CROSS JOIN LATERAL audience_summary(:winner, gone.platform_id) AS summary
ON CONFLICT (track_id, platform_id) DO UPDATE SET
    status = CASE WHEN excluded.last_date IS NULL THEN kept.status ELSE 'ok' END,
    looked_at = greatest(kept.looked_at, excluded.looked_at),
    fetched_at = greatest(kept.fetched_at, excluded.fetched_at),
    first_date = excluded.first_date,
    last_date = excluded.last_date,
    latest_value = excluded.latest_value,
    last_whole_date = excluded.last_whole_date,
    last_whole_value = excluded.last_whole_value,
    fell_on = excluded.fell_on,
    gain_7_days = excluded.gain_7_days,
    gain_7_days_base = excluded.gain_7_days_base,
    gain_7_days_covers = excluded.gain_7_days_covers,
    gain_7_days_caveat = excluded.gain_7_days_caveat,
    gain_7_days_before = excluded.gain_7_days_before,
    due_at = excluded.due_at,
    version = greatest(kept.version, excluded.version) + 1;
