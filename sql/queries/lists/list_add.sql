-- Adds tracks and artists to a list; counts those that were not on it. Uuids that are not stored are ignored.
WITH tracks_added AS (
    INSERT INTO list_tracks (list_id, track_id)
    SELECT DISTINCT :list_id, named.track_id FROM track_uuids AS named
    WHERE named.uuid = ANY(CAST(:tracks AS uuid[]))
    ON CONFLICT DO NOTHING
    RETURNING track_id
),

artists_added AS (
    INSERT INTO list_artists (list_id, artist_id)
    SELECT :list_id, artists.id FROM artists
    WHERE artists.uuid = ANY(CAST(:artists AS uuid[]))
    ON CONFLICT DO NOTHING
    RETURNING artist_id
)

SELECT (SELECT count(*) FROM tracks_added) + (SELECT count(*) FROM artists_added) AS added;
