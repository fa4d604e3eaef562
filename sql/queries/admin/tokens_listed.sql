-- A page of API tokens, newest first, of one user or of all. A token whose owner is disabled is invalid. `before` is
-- the last token of the previous page.
WITH listed AS (
    SELECT
        api_tokens.*,
        users.email AS owner,
        users.role AS owner_role,
        CASE
            WHEN api_tokens.revoked_at IS NOT NULL THEN 'revoked'
            WHEN api_tokens.expires_at <= :now THEN 'expired'
            WHEN users.disabled_at IS NOT NULL THEN 'disabled'
            ELSE 'active'
        END AS state
    FROM api_tokens
    JOIN users ON users.id = api_tokens.user_id
),

kept AS (
    SELECT * FROM listed
    WHERE (CAST(:user_id AS bigint) IS NULL OR user_id = :user_id)
        AND (CAST(:typed AS text) IS NULL OR strpos(lower(owner || ' ' || name), lower(:typed)) > 0)
        AND (CAST(:state AS text) IS NULL OR state = :state)
)

SELECT
    kept.id,
    kept.user_id,
    kept.name,
    kept.hint,
    kept.role,
    kept.created_at,
    kept.expires_at,
    kept.last_used_at,
    kept.last_used_from,
    kept.owner,
    kept.owner_role,
    kept.state,
    (SELECT count(*) FROM kept) AS total
FROM kept
WHERE CAST(:before AS bigint) IS NULL OR kept.id < :before
ORDER BY kept.id DESC
LIMIT :size;
