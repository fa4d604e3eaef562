-- Counts a refusal. It is recorded as an audit event of its own while the caller has fewer than :each and all callers
-- together have fewer than :most of the action in this hour.
INSERT INTO refusals (action, caller, hour, user_id, actor, address, recorded, unrecorded)
SELECT
    :action,
    :caller,
    date_trunc('hour', now()),
    :user_id,
    :actor,
    :address,
    CASE WHEN total.recorded < :most THEN 1 ELSE 0 END,
    CASE WHEN total.recorded < :most THEN 0 ELSE 1 END
FROM (
    SELECT coalesce(sum(refusals.recorded), 0) AS recorded
    FROM refusals
    WHERE refusals.hour = date_trunc('hour', now()) AND refusals.action = :action
) AS total
ON CONFLICT (hour, action, caller) DO UPDATE SET
    recorded = refusals.recorded
        + CASE WHEN refusals.recorded < :each THEN excluded.recorded ELSE 0 END,
    unrecorded = refusals.unrecorded
        + CASE WHEN refusals.recorded < :each THEN excluded.unrecorded ELSE 1 END
RETURNING new.recorded > coalesce(old.recorded, 0) AS is_recorded;
