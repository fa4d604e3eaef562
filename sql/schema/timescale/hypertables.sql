-- Idempotent: turns the plain tables into hypertables, including their rows.
-- Chunks are few and wide, because reads are for one series or track over all time: with eight years of rankings, the
-- plan of such a read takes 10 ms with chunks of 3 months, 20 ms with 28 days and 140 ms with 7 days.
SELECT create_hypertable(
    'track_audience_time_series', by_range('date', INTERVAL '3 months'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);

SELECT create_hypertable(
    'api_calls', by_range('started_at', INTERVAL '7 days'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);

SELECT create_hypertable(
    'chart_ranking_entries', by_range('ranked_on', INTERVAL '28 days'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);

-- New chunks; those of 3 months stay as they are.
SELECT set_chunk_time_interval('chart_ranking_entries', INTERVAL '28 days');
