-- The notes of lists about the 7 days, and the date of the last fall of a total, stored with each series.
ALTER TABLE audience_states
ADD COLUMN fell_on date,
ADD COLUMN gain_7_days_covers integer,
ADD COLUMN gain_7_days_caveat text CHECK (gain_7_days_caveat IN ('identifiers', 'fall'));

COMMENT ON COLUMN audience_states.fell_on IS 'the newest date whose total is lower than the one before';
COMMENT ON COLUMN audience_states.gain_7_days_covers IS 'the days that the gain is of, see audience_gain()';
COMMENT ON COLUMN audience_states.gain_7_days_caveat IS 'why it is compared with nothing, see audience_gain()';

CREATE OR REPLACE FUNCTION recount_gains_of_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audience_states
    SET
        fell_on = summary.fell_on,
        gain_7_days = summary.gain_7_days,
        gain_7_days_covers = summary.gain_7_days_covers,
        gain_7_days_caveat = summary.gain_7_days_caveat,
        gain_7_days_before = summary.gain_7_days_before,
        version = audience_states.version + 1
    FROM
        audience_states AS states
        CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
    WHERE states.track_id = NEW.id
        AND audience_states.track_id = states.track_id
        AND audience_states.platform_id = states.platform_id
        AND states.last_date IS NOT NULL;
    RETURN NEW;
END
$$;

SET LOCAL statement_timeout = 0;

UPDATE audience_states
SET
    fell_on = summary.fell_on,
    gain_7_days = summary.gain_7_days,
    gain_7_days_covers = summary.gain_7_days_covers,
    gain_7_days_caveat = summary.gain_7_days_caveat,
    gain_7_days_before = summary.gain_7_days_before
FROM
    audience_states AS states
    CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
WHERE audience_states.track_id = states.track_id
    AND audience_states.platform_id = states.platform_id
    AND states.last_date IS NOT NULL;

SET LOCAL statement_timeout = '60s';
