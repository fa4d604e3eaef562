-- Puts a track's own uuid in the place of its aliases in a staged ranking. One that it names under two of them stands
-- there once and repeats below.
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
