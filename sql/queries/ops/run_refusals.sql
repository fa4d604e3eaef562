-- The refused payloads of a run, in order.
SELECT
    attempt,
    refused_at,
    path,
    field,
    value,
    reason
FROM refused_payloads
WHERE run_uuid = :uuid
ORDER BY id
LIMIT :size;
