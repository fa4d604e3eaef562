-- The choices of the filters: the actions of all events, each found by one step in the index, and all users.
WITH RECURSIVE known (action) AS (
    SELECT min(action) FROM audit_events
    UNION ALL
    SELECT (SELECT min(audit_events.action) FROM audit_events WHERE audit_events.action > known.action)
    FROM known
    WHERE known.action IS NOT NULL
)

SELECT
    ARRAY(SELECT action FROM known WHERE action IS NOT NULL ORDER BY action COLLATE "C") AS actions,
    ARRAY(SELECT email FROM users ORDER BY lower(email)) AS people;
