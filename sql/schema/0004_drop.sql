-- What revision 0004 made, in any order that works.
SELECT;
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
