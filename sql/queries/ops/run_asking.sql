-- For how many seconds a run has been asking: since its first attempt began.
SELECT extract(EPOCH FROM clock_timestamp() - min(started_at))::double precision AS seconds
FROM run_attempts
WHERE run_uuid = :uuid;
