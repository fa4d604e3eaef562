-- Sets the pauses that the quota requires, and lifts those that it no longer requires; an operator's pause stays.
WITH wanted AS (
    SELECT queue, kind, reason
    FROM unnest(CAST(:queues AS text[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]))
        AS given (queue, kind, reason)
),

lifted AS (
    DELETE FROM queue_pauses
    WHERE kind <> 'operator' AND (queue, kind) NOT IN (SELECT queue, kind FROM wanted)
)

INSERT INTO queue_pauses AS pauses (queue, kind, reason, lasts_until)
SELECT queue, kind, reason, :lasts_until FROM wanted
ON CONFLICT (queue, kind) DO UPDATE SET reason = excluded.reason, lasts_until = excluded.lasts_until
WHERE (pauses.reason, pauses.lasts_until) IS DISTINCT FROM (excluded.reason, excluded.lasts_until);
