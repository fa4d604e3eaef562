-- A payload that a run refused; nothing is stored without a run.
INSERT INTO refused_payloads (run_uuid, attempt, path, field, value, reason)
SELECT
    uuid,
    attempt,
    :path,
    :field,
    :value,
    :reason
FROM job_runs
WHERE uuid = CAST(:run_uuid AS uuid);
