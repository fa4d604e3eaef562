-- The saved views that a user may open: their own, then what others share.
SELECT
    saved_views.uuid,
    saved_views.name,
    saved_views.url,
    saved_views.is_shared,
    users.email AS owner,
    saved_views.owner_id = :user_id AS is_mine
FROM saved_views
JOIN users ON users.id = saved_views.owner_id
WHERE saved_views.owner_id = :user_id OR saved_views.is_shared
ORDER BY saved_views.owner_id = :user_id DESC, lower(saved_views.name), saved_views.id;
