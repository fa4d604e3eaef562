WITH counted AS (
    UPDATE job_runs SET calls = calls + 1 WHERE uuid = CAST(:run_uuid AS uuid) RETURNING queue
)
INSERT INTO api_calls (
    started_at, run_uuid, endpoint, path, status, error, duration_ms, quota_left, platform, queue
)
VALUES (
    :started_at, CAST(:run_uuid AS uuid), :endpoint, :path, CAST(:status AS integer), :error, :duration_ms,
    CAST(:quota_left AS bigint), :platform, coalesce((SELECT queue FROM counted), '')
);
