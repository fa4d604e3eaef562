DROP INDEX job_runs_wrote;
DROP TRIGGER job_runs_note_failed_sync ON job_runs;
DROP FUNCTION note_failed_sync;
ALTER TABLE api_calls DROP COLUMN platform;
ALTER TABLE artists
DROP COLUMN web_url,
DROP COLUMN city_name,
DROP COLUMN gender,
DROP COLUMN artist_type,
DROP COLUMN birth_date,
DROP COLUMN career_stage,
DROP COLUMN growth_level,
DROP COLUMN search_text,
DROP COLUMN metadata_error,
DROP COLUMN metadata_due_at;
DROP INDEX artists_by_name;
ALTER TABLE tracks
DROP COLUMN with_metadata,
DROP COLUMN with_artists,
DROP COLUMN with_audience,
DROP COLUMN last_charted_on;
CREATE INDEX tracks_metadata_due ON tracks (metadata_due_at);
DROP VIEW chart_health;
DROP FUNCTION ranking_movements, ranking_before;
DROP TABLE chart_entry_revisions, chart_ranking_entries, chart_rankings_set_aside, chart_rankings, chart_dates, charts;
DROP FUNCTION chart_period, chart_sync_wait;
