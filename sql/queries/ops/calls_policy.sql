-- Keeps the policy that refreshes the hours of calls within their last two weeks: calls go after a month at the earliest.
SELECT alter_job(job_id, config => jsonb_set(config, '{start_offset}', '"14 days"'))
FROM timescaledb_information.jobs
WHERE proc_name = 'policy_refresh_continuous_aggregate' AND config ->> 'start_offset' IS NULL;
