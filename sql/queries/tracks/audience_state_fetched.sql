-- The result of a fetch. A track on an enabled chart, or on a list that is kept fresh, is due again sooner than
-- others, and one that the API does not have later. The version is raised only if rows changed, so that caches stay
-- valid.
INSERT INTO audience_states AS states (
    track_id, platform_id, status, looked_at, fetched_at, first_date, last_date, latest_value,
    last_whole_date, last_whole_value, fell_on, gain_7_days, gain_7_days_base, gain_7_days_covers,
    gain_7_days_caveat, gain_7_days_before, history_from, due_at, version, run_uuid
)
SELECT
    :track_id,
    :platform_id,
    CASE WHEN last_date IS NULL THEN 'empty' ELSE 'ok' END,
    now(),
    CAST(:fetched_at AS timestamptz),
    first_date,
    last_date,
    latest_value,
    last_whole_date,
    last_whole_value,
    fell_on,
    gain_7_days,
    gain_7_days_base,
    gain_7_days_covers,
    gain_7_days_caveat,
    gain_7_days_before,
    CAST(:history_from AS date),
    now() + CASE
        WHEN last_date IS NULL THEN :absent_due_days * interval '1 day'
        WHEN is_charting(:track_id) OR is_kept_fresh(:track_id) THEN :charting_due_days * interval '1 day'
        ELSE :others_due_days * interval '1 day'
    END,
    CAST(:changed AS integer),
    :run_uuid
FROM audience_summary(:track_id, :platform_id)
ON CONFLICT (track_id, platform_id) DO UPDATE SET
    status = excluded.status,
    error = '',
    looked_at = excluded.looked_at,
    -- A back-fill or an older range has no fetched_at, since it does not show how fresh the newest date is.
    fetched_at = coalesce(excluded.fetched_at, states.fetched_at),
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
    history_from = least(excluded.history_from, states.history_from),
    due_at = CASE WHEN excluded.fetched_at IS NULL THEN states.due_at ELSE excluded.due_at END,
    version = states.version + excluded.version,
    run_uuid = excluded.run_uuid
RETURNING first_date, last_date, history_from;
