-- The numbers of tracks and artists on lists.
SELECT
    lists.id,
    (SELECT count(*) FROM list_tracks WHERE list_tracks.list_id = lists.id) AS tracks,
    (SELECT count(*) FROM list_artists WHERE list_artists.list_id = lists.id) AS artists
FROM lists
WHERE lists.id = ANY(CAST(:ids AS bigint[]));
