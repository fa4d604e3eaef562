-- Locks the two platforms of a merge until its end; writers of either row wait.
SELECT
    id,
    slug,
    name,
    plot_rule
FROM platforms
WHERE id IN (:winner, :loser)
ORDER BY id
FOR UPDATE;
