-- The server's engine. The setting exists only if TimescaleDB's library was loaded at the start.
SELECT
    split_part(current_setting('server_version'), ' ', 1) AS postgresql,
    current_setting('server_version_num')::integer AS version_number,
    EXISTS (SELECT FROM pg_settings WHERE name = 'timescaledb.disable_load') AS preloaded,
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS extension,
    current_setting('timescaledb.license', true) AS licence;
