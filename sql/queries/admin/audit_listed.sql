-- The filtered events, newest first; `until` is the id of the last event of the previous page. `total` counts the
-- events of all pages, up to :most. The events of a user are found by email, those of a token by their text. Events
-- with rare words are those of :ids; those with words of many events are found on the way back from the newest.
WITH kept AS NOT MATERIALIZED (
    SELECT * FROM audit_events
    WHERE (CAST(:ids AS bigint[]) IS NULL OR id = ANY(CAST(:ids AS bigint[])))
        AND (
            CAST(:words AS text) IS NULL
            OR CAST(:ids AS bigint[]) IS NOT NULL
            OR search_vector(search_text) @@ CAST(:words AS tsquery)
        )
        AND (
            CAST(:person AS text) IS NULL
            OR user_id = (SELECT id FROM users WHERE lower(email) = lower(:person))
            OR actor = :person
            OR (:person = 'command line' AND actor LIKE 'command line (%')
        )
        AND (CAST(:action AS text) IS NULL OR action = :action)
        AND (CAST(:subject AS text) IS NULL OR subject = :subject)
        AND (CAST(:start_date AS date) IS NULL OR happened_at >= CAST(:start_date AS date))
        AND (CAST(:end_date AS date) IS NULL OR happened_at < CAST(:end_date AS date) + 1)
)

SELECT
    id,
    happened_at,
    actor,
    address,
    action,
    subject,
    before,
    after,
    request_id,
    (SELECT count(*) FROM (SELECT FROM kept LIMIT :most) AS counted) AS total
FROM kept
WHERE CAST(:until AS bigint) IS NULL OR id < :until
ORDER BY id DESC
LIMIT :size;
