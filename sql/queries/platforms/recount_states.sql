-- Updates the states of a platform's series after their rows were recounted.
UPDATE audience_states
SET
    latest_value = summary.latest_value,
    last_whole_date = summary.last_whole_date,
    last_whole_value = summary.last_whole_value,
    fell_on = summary.fell_on,
    gain_7_days = summary.gain_7_days,
    gain_7_days_base = summary.gain_7_days_base,
    gain_7_days_covers = summary.gain_7_days_covers,
    gain_7_days_caveat = summary.gain_7_days_caveat,
    gain_7_days_before = summary.gain_7_days_before,
    version = audience_states.version + 1
FROM
    audience_states AS states
    CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
WHERE states.platform_id = :platform_id
    AND audience_states.platform_id = :platform_id
    AND audience_states.track_id = states.track_id;
