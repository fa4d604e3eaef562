-- A figure for each page of the administration; `events` are those of the last 7 days.
SELECT
    (SELECT count(*) FROM users WHERE disabled_at IS NULL) AS people,
    (
        SELECT count(*) FROM api_tokens
        JOIN users ON users.id = api_tokens.user_id
        WHERE api_tokens.revoked_at IS NULL
            AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at > now())
            AND users.disabled_at IS NULL
    ) AS tokens,
    (SELECT count(*) FROM platforms) AS platforms,
    (SELECT count(*) FROM app_settings) AS settings,
    (SELECT count(*) FROM audit_events WHERE happened_at > now() - interval '7 days') AS events;
