DROP FUNCTION audience_summary;
DROP TABLE api_pause, api_calls, job_runs, users;
DROP TABLE aggregate_refreshes, audience_states, audience_revisions, track_audience_time_series;
DROP TABLE track_identifiers, track_artists, tracks, artists, platform_aliases, platforms;
DROP FUNCTION platform_alias_to_slug, touch_updated_at;
