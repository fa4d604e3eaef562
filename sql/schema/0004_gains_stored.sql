-- The gains stored with each series, computed by the definitions in 0004_gains.sql.
CREATE TRIGGER tracks_recount_gains AFTER UPDATE OF release_date ON tracks
    FOR EACH ROW WHEN (OLD.release_date IS DISTINCT FROM NEW.release_date)
    EXECUTE FUNCTION recount_gains_of_release();

-- A batch can fetch the history that gains are counted from.
ALTER TABLE batches DROP CONSTRAINT batches_action_check;
ALTER TABLE batches ADD CONSTRAINT batches_action_check
CHECK (action IN ('fetch', 'artists', 'import', 'history'));

SET LOCAL statement_timeout = 0;

UPDATE audience_states
SET
    gain_7_days = summary.gain_7_days,
    gain_7_days_before = summary.gain_7_days_before
FROM
    audience_states AS states
    CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
WHERE audience_states.track_id = states.track_id
    AND audience_states.platform_id = states.platform_id
    AND states.last_date IS NOT NULL;

SET LOCAL statement_timeout = '60s';
