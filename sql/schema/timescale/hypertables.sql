-- Idempotent: turns the plain tables into hypertables, including their rows.
-- Chunks are few and wide, because reads are for one series over all time.
SELECT create_hypertable(
    'track_audience_time_series', by_range('date', INTERVAL '3 months'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);

SELECT create_hypertable(
    'api_calls', by_range('started_at', INTERVAL '7 days'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);

SELECT create_hypertable(
    'chart_ranking_entries', by_range('ranked_on', INTERVAL '3 months'),
    migrate_data => true, create_default_indexes => false, if_not_exists => true
);
