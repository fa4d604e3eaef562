-- Moves a platform's charts to another, and the platform of their entries.
WITH moved AS (
    UPDATE charts SET platform_id = :winner, version = version + 1 WHERE platform_id = :loser
),

entries AS (
    UPDATE chart_ranking_entries SET platform_id = :winner WHERE platform_id = :loser RETURNING ranked_on
)

INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
SELECT 'track_appearances_daily', min(ranked_on), max(ranked_on)
FROM entries
HAVING count(*) > 0;
