-- Community edition only. Idempotent. Past 120 days a series is rarely restated; before that, upserts stay cheap.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM timescaledb_information.hypertables
        WHERE hypertable_name = 'track_audience_time_series' AND compression_enabled
    ) THEN
        ALTER TABLE track_audience_time_series SET (
            timescaledb.compress,
            timescaledb.compress_segmentby = 'track_id, platform_id',
            timescaledb.compress_orderby = 'date'
        );
    END IF;
END
$$;

SELECT add_compression_policy('track_audience_time_series', INTERVAL '120 days', if_not_exists => true);
