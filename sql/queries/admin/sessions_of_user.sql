-- The active sessions of a user, the last used first.
SELECT
    user_sessions.token_hash,
    user_sessions.created_at,
    user_sessions.seen_at,
    user_sessions.address,
    user_sessions.agent
FROM user_sessions
WHERE user_sessions.user_id = :user_id
    AND user_sessions.created_at > :now - CAST(:longest AS interval)
    AND user_sessions.seen_at > :now - CAST(:idle AS interval)
ORDER BY user_sessions.seen_at DESC, user_sessions.created_at DESC;
