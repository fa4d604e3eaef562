DROP FUNCTION is_charting;
DROP INDEX artists_by_country, artists_by_stage, chart_tracks_by_entry;

ALTER TABLE tracks ADD COLUMN last_charted_on date;
COMMENT ON COLUMN tracks.last_charted_on IS 'the newest ranking of any chart that has the track';
UPDATE tracks SET last_charted_on = charted.last_on
FROM (SELECT track_id, max(last_on) AS last_on FROM chart_tracks GROUP BY track_id) AS charted
WHERE charted.track_id = tracks.id;
