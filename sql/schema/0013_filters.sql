-- For the choices of the filters of the list of artists, and for tracks that entered a chart since a date.
CREATE INDEX artists_by_country ON artists (country_code);
CREATE INDEX artists_by_stage ON artists (career_stage);
CREATE INDEX chart_tracks_by_entry ON chart_tracks (entry_date);

-- chart_tracks has it. Here each ranking rewrote all of its tracks, which raised what caches of them depend on.
ALTER TABLE tracks DROP COLUMN last_charted_on;

-- Whether an enabled chart has had the track in the last 10 days. Its series are due more often.
CREATE FUNCTION is_charting(of_track bigint) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (
    SELECT FROM chart_tracks AS known
    JOIN charts ON charts.id = known.chart_id AND charts.sync_enabled
    WHERE known.track_id = of_track AND known.last_on >= current_date - 10
);
