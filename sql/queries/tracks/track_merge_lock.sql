-- Locks the two tracks of a merge until its end, in the order writers use. A writer of either row waits, and then
-- finds the loser gone.
SELECT
    id,
    uuid,
    name
FROM tracks
WHERE id IN (:winner, :loser)
ORDER BY uuid
FOR UPDATE;
