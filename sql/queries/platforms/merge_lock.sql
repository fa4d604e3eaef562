-- The two platforms of a merge, held until its end: whoever would write a row of either waits.
SELECT
    id,
    slug,
    name,
    plot_rule
FROM platforms
WHERE id IN (:winner, :loser)
ORDER BY id
FOR UPDATE;
