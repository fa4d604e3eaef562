-- Community edition only. Idempotent. Past 120 days a series is rarely restated, and past 28 days a ranking rarely
-- corrected; before that, upserts stay cheap.
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
    -- In the order in which a ranking is read; Bloom filters of track_id, made by default, serve reads of one track. A
    -- schema between two revisions is left unchanged.
    IF to_regclass('chart_changes') IS NOT NULL AND NOT EXISTS (
        SELECT FROM timescaledb_information.hypertables
        WHERE hypertable_name = 'chart_ranking_entries' AND compression_enabled
    ) THEN
        ALTER TABLE chart_ranking_entries SET (
            timescaledb.compress,
            timescaledb.compress_segmentby = 'chart_id',
            timescaledb.compress_orderby = 'ranked_on, position, ordinal'
        );
        PERFORM add_compression_policy('chart_ranking_entries', INTERVAL '28 days');
    END IF;
END
$$;

SELECT add_compression_policy('track_audience_time_series', INTERVAL '120 days', if_not_exists => true);
