-- The rest of the loser: its revisions, runs, aliases and distinctions move to the winner, and so do its flags. Its
-- spelling and the API's code for it become aliases.
WITH revisions AS (
    UPDATE audience_revisions SET platform_id = :winner WHERE platform_id = :loser
),

moved_runs AS (
    UPDATE batch_items SET platform_id = :winner WHERE platform_id = :loser
),

offers AS (
    UPDATE platforms
    SET
        has_song_audience = platforms.has_song_audience OR loser.has_song_audience,
        has_song_charts = platforms.has_song_charts OR loser.has_song_charts,
        platform_identifier = coalesce(nullif(platforms.platform_identifier, ''), loser.platform_identifier)
    FROM platforms AS loser
    WHERE platforms.id = :winner AND loser.id = :loser
),

distinctions AS (
    INSERT INTO platform_distinctions (platform_id, other_id, decided_at, decided_by)
    SELECT least(third.id, :winner), greatest(third.id, :winner), decisions.decided_at, decisions.decided_by
    FROM platform_distinctions AS decisions
    JOIN platforms AS third ON third.id = decisions.platform_id + decisions.other_id - :loser
    WHERE :loser IN (decisions.platform_id, decisions.other_id) AND third.id <> :winner
    ON CONFLICT DO NOTHING
),

aliases AS (
    UPDATE platform_aliases SET platform_id = :winner WHERE platform_id = :loser
),

code AS (
    INSERT INTO platform_aliases (fold, platform_id)
    SELECT spelling.fold, :winner
    FROM (
        SELECT regexp_replace(lower(platform_identifier COLLATE "C"), '[^a-z0-9]', '', 'g') AS fold
        FROM platforms
        WHERE id = :loser
    ) AS spelling
    WHERE spelling.fold <> '' AND spelling.fold NOT IN (SELECT fold FROM platforms)
    ON CONFLICT (fold) DO NOTHING
)

INSERT INTO platform_aliases (fold, platform_id)
SELECT loser.fold, winner.id
FROM platforms AS loser
JOIN platforms AS winner ON winner.id = :winner
WHERE loser.id = :loser AND loser.fold <> winner.fold
ON CONFLICT (fold) DO UPDATE SET platform_id = excluded.platform_id;
