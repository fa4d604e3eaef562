-- Rows of a series changed by an import. The API's state stays: a series never fetched is due at once, and only rows
-- from an API response in another system set the time of that response.
INSERT INTO audience_states AS states (
    track_id, platform_id, status, fetched_at, first_date, last_date, latest_value,
    last_whole_date, last_whole_value, fell_on, gain_7_days, gain_7_days_base, gain_7_days_covers,
    gain_7_days_caveat, gain_7_days_before, due_at, version
)
SELECT
    :track_id,
    :platform_id,
    CASE WHEN CAST(:fetched_at AS timestamptz) IS NULL THEN 'never' ELSE 'ok' END,
    :fetched_at,
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
    now(),
    1
FROM audience_summary(:track_id, :platform_id)
ON CONFLICT (track_id, platform_id) DO UPDATE SET
    status = CASE states.status WHEN 'never' THEN excluded.status ELSE states.status END,
    fetched_at = greatest(states.fetched_at, excluded.fetched_at),
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
    version = states.version + 1;
