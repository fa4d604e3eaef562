-- Replaces aliases of tracks by their own uuids in a staged ranking. A track that appears under two of them keeps one
-- entry, and the lower one is marked as repeating.
UPDATE ranking_stage AS stage
SET
    uuid = tracks.uuid,
    repeats = stage.repeats OR EXISTS (
        SELECT FROM ranking_stage AS higher
        JOIN track_uuids AS named ON named.uuid = higher.uuid
        WHERE named.track_id = tracks.id AND higher.position < stage.position
    )
FROM track_uuids AS given
JOIN tracks ON tracks.id = given.track_id
WHERE given.uuid = stage.uuid AND EXISTS (SELECT FROM track_aliases WHERE track_aliases.track_id = tracks.id);
