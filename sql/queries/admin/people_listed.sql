-- A page of users. {key} is the sort key, from the list in webapp/queries/admin/people.py, {order} and {sign} are its
-- direction; no key is null. `after` is the last user of the previous page.
WITH keyed AS (
    SELECT
        users.id,
        users.email,
        users.role,
        users.created_at,
        users.signed_in_at,
        users.disabled_at,
        {key} AS key
    FROM users
),

anchor AS (
    SELECT * FROM keyed WHERE id = CAST(:after AS bigint)
),

kept AS (
    SELECT * FROM keyed
    WHERE (CAST(:typed AS text) IS NULL OR strpos(lower(email), lower(:typed)) > 0)
        AND (CAST(:role AS text) IS NULL OR role = :role)
        AND (CAST(:state AS text) IS NULL OR (disabled_at IS NULL) = (:state = 'active'))
)

SELECT
    kept.id,
    kept.email,
    kept.role,
    kept.created_at,
    kept.signed_in_at,
    kept.disabled_at,
    (
        SELECT count(*) FROM user_sessions
        WHERE user_sessions.user_id = kept.id
            AND user_sessions.created_at > :now - CAST(:longest AS interval)
            AND user_sessions.seen_at > :now - CAST(:idle AS interval)
    ) AS sessions,
    (
        SELECT count(*) FROM api_tokens
        WHERE api_tokens.user_id = kept.id
            AND api_tokens.revoked_at IS NULL
            AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at > :now)
    ) AS tokens,
    (SELECT count(*) FROM kept) AS total
FROM kept
LEFT JOIN anchor ON true
WHERE anchor.id IS NULL OR (kept.key, kept.id) {sign} (anchor.key, anchor.id)
ORDER BY kept.key {order}, kept.id {order}
LIMIT :size;
