-- Removes tracks and artists from a list; counts those that were on it.
WITH tracks_removed AS (
    DELETE FROM list_tracks
    USING track_uuids AS named
    WHERE list_tracks.list_id = :list_id
        AND named.track_id = list_tracks.track_id
        AND named.uuid = ANY(CAST(:tracks AS uuid[]))
    RETURNING list_tracks.track_id
),

artists_removed AS (
    DELETE FROM list_artists
    USING artists
    WHERE list_artists.list_id = :list_id
        AND artists.id = list_artists.artist_id
        AND artists.uuid = ANY(CAST(:artists AS uuid[]))
    RETURNING list_artists.artist_id
)

SELECT (SELECT count(*) FROM tracks_removed) + (SELECT count(*) FROM artists_removed) AS removed;
