DROP INDEX artists_by_country, artists_by_stage, chart_tracks_by_entry;
