-- Deletes sessions over their longest time, and expired reset links. Until then a session can show how it ended.
WITH links AS (
    DELETE FROM password_resets WHERE expires_at < now() RETURNING token_hash
),

sessions AS (
    DELETE FROM user_sessions WHERE created_at < now() - CAST(:longest AS interval) RETURNING token_hash
)

SELECT (SELECT count(*) FROM links) + (SELECT count(*) FROM sessions) AS gone;
