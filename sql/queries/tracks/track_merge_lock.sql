-- The two tracks of a merge, held until its end in the order in which writers hold tracks. Who would write a row of
-- either waits, and finds the loser gone.
SELECT
    id,
    uuid,
    name
FROM tracks
WHERE id IN (:winner, :loser)
ORDER BY uuid
FOR UPDATE;
