-- An answer that a run did not believe; nothing is kept where it was no run that asked.
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
