-- The filtered events, newest first; `until` is the id of the last event of the previous page. `total` counts the
-- events of all pages, up to :most. The events of a user are found by email, those of a token by their text. Events
-- with rare words are found by the index of words; those with words of many events on the way back from the newest.
WITH worded AS MATERIALIZED (
    SELECT id
    FROM audit_events
    WHERE search_vector(search_text) @@ CAST(:words AS tsquery)
    LIMIT :most_rare
),

rare AS MATERIALIZED (
    SELECT
        array_agg(id) AS ids,
        CAST(:words AS text) IS NOT NULL AND count(*) < :most_rare AS is_rare
    FROM worded
),

found AS NOT MATERIALIZED (
    SELECT audit_events.*
    FROM audit_events
    WHERE audit_events.id = ANY(CAST((SELECT rare.ids FROM rare WHERE rare.is_rare) AS bigint[]))
    UNION ALL
    SELECT audit_events.*
    FROM audit_events
    WHERE (SELECT NOT rare.is_rare FROM rare)
        AND (CAST(:words AS text) IS NULL OR search_vector(search_text) @@ CAST(:words AS tsquery))
),

kept AS NOT MATERIALIZED (
    SELECT * FROM found
    WHERE (
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
