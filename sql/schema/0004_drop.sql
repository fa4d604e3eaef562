-- What revision 0004 made.
DELETE FROM batches WHERE action = 'history';
ALTER TABLE batches DROP CONSTRAINT batches_action_check;
ALTER TABLE batches ADD CONSTRAINT batches_action_check CHECK (action IN ('fetch', 'artists', 'import'));
DROP TRIGGER tracks_recount_gains ON tracks;
DROP FUNCTION recount_gains_of_release;
-- As it was.
CREATE OR REPLACE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date, last_date date, latest_value bigint, gain_7_days bigint, gain_7_days_before bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        oldest.date,
        newest.date,
        newest.audience_value,
        newest.audience_value - week.audience_value,
        week.audience_value - fortnight.audience_value
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date DESC
        LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
        SELECT date FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date
        LIMIT 1
    ) AS oldest ON true
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN newest.date - 14 AND newest.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS week ON true
    LEFT JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN week.date - 14 AND week.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS fortnight ON true;
END;
DROP FUNCTION audience_gain_and_before, audience_gain, zero_day, begins_at_zero;
DROP FUNCTION audience_catch_ups;
DROP FUNCTION is_api_answer;
INSERT INTO track_audience_time_series (
    track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data
)
SELECT tracks.id, platforms.id, gone.date, gone.audience_value, gone.platform_identifier, gone.fetched_at, gone.api_data
FROM audience_set_aside AS gone
JOIN tracks ON tracks.uuid = gone.track_uuid
JOIN platforms ON platforms.slug = gone.platform
ON CONFLICT DO NOTHING;
DROP TABLE audience_set_aside;
DROP TABLE refusals;
ALTER TABLE notes DROP COLUMN changed_by;
ALTER TABLE job_runs DROP COLUMN command_line_user;
