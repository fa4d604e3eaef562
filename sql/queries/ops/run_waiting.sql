-- The seconds since the first attempt of a run began.
SELECT extract(EPOCH FROM clock_timestamp() - min(started_at))::double precision AS seconds
FROM run_attempts
WHERE run_uuid = :uuid;
