-- The numbers of artists on lists, and of tracks including those of their artists.
SELECT
    lists.id,
    (SELECT count(*) FROM list_track_ids(lists.id)) AS tracks,
    (SELECT count(*) FROM list_artists WHERE list_artists.list_id = lists.id) AS artists
FROM lists
WHERE lists.id = ANY(CAST(:ids AS bigint[]));
