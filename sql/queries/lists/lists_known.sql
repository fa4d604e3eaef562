-- The lists that a user may see: their own, the starred one first, then those shared by others. The starred list
-- includes its members, so that a page needs one statement for all rows.
SELECT
    lists.id,
    lists.uuid,
    lists.name,
    lists.is_shared,
    lists.keep_fresh,
    lists.is_default,
    lists.updated_at,
    users.email AS owner,
    lists.owner_id = :user_id AS is_mine,
    CASE WHEN lists.owner_id = :user_id AND lists.is_default THEN ARRAY(
        SELECT tracks.uuid FROM list_tracks
        JOIN tracks ON tracks.id = list_tracks.track_id
        WHERE list_tracks.list_id = lists.id
    ) || ARRAY(
        SELECT artists.uuid FROM list_artists
        JOIN artists ON artists.id = list_artists.artist_id
        WHERE list_artists.list_id = lists.id
    ) ELSE '{}' END AS starred
FROM lists
JOIN users ON users.id = lists.owner_id
WHERE lists.owner_id = :user_id OR lists.is_shared
ORDER BY lists.owner_id = :user_id DESC, lists.is_default DESC, lower(lists.name), lists.id;
