-- Returns the refusals that are not in any audit event yet: of past hours, and with :running also of the current one.
WITH ended AS (
    DELETE FROM refusals WHERE refusals.hour < date_trunc('hour', now()) RETURNING refusals.*
),

running AS (
    UPDATE refusals SET unrecorded = 0
    WHERE :running AND refusals.hour >= date_trunc('hour', now()) AND refusals.unrecorded > 0
    RETURNING old.*
)

SELECT action, user_id, actor, address, unrecorded FROM ended WHERE unrecorded > 0
UNION ALL
SELECT action, user_id, actor, address, unrecorded FROM running
ORDER BY action, unrecorded DESC, actor, address;
