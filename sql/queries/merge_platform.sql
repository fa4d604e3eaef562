-- The rest of the loser: its revisions and aliases follow the winner, its spelling stays as an alias, its row goes.
WITH revisions AS (
    UPDATE audience_revisions SET platform_id = :winner WHERE platform_id = :loser
),

aliases AS (
    UPDATE platform_aliases SET platform_id = :winner WHERE platform_id = :loser
)

INSERT INTO platform_aliases (fold, platform_id)
SELECT loser.fold, winner.id
FROM platforms AS loser
JOIN platforms AS winner ON winner.id = :winner
WHERE loser.id = :loser AND loser.fold <> winner.fold
ON CONFLICT (fold) DO UPDATE SET platform_id = excluded.platform_id;
