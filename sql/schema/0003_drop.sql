DROP TABLE platform_distinctions;
DROP TRIGGER job_runs_note_attempt ON job_runs;
DROP FUNCTION note_attempt;
DROP INDEX job_runs_by_subject, job_runs_by_requester;
DROP TABLE refused_payloads, run_lines, run_attempts, batch_items, batches, queue_pauses, app_settings;
DROP FUNCTION is_kept_fresh, list_chart_ids, list_track_ids;
DROP TABLE saved_views, notes, list_artists, list_tracks, lists;
DROP TABLE audit_events, api_tokens, password_resets, user_sessions;
DROP FUNCTION refuse_change;
ALTER TABLE api_calls DROP COLUMN queue;
ALTER TABLE api_pause DROP COLUMN lasts_until;
DROP FUNCTION ranking_pages, chart_syncs_a_day;
ALTER TABLE charts
DROP COLUMN country,
DROP COLUMN place;
ALTER TABLE users
DROP COLUMN password_changed_at,
DROP COLUMN signed_in_at,
DROP COLUMN preferences;
