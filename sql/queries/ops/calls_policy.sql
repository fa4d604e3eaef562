-- Limits the refresh policies of hourly calls to the last two weeks: calls are kept for a month at least.
SELECT alter_job(job_id, config => jsonb_set(config, '{start_offset}', '"14 days"'))
FROM timescaledb_information.jobs
WHERE proc_name = 'policy_refresh_continuous_aggregate' AND config ->> 'start_offset' IS NULL;
