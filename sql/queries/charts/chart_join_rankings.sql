-- Moves a chart's rankings to another one, which has none of the same dates; returns how many. Caches of dates on
-- which the loser's ranking was dropped are invalidated too.
WITH entries AS (
    UPDATE chart_ranking_entries SET chart_id = :winner WHERE chart_id = :loser
),

rankings AS (
    UPDATE chart_rankings SET chart_id = :winner WHERE chart_id = :loser RETURNING ranked_on
),

-- Dates on which the loser's gave way are drawn again too.
touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT 'track_appearances_daily', min(ranked_on), max(ranked_on)
    FROM chart_rankings
    WHERE chart_id IN (:winner, :loser)
    HAVING count(*) > 0
)

SELECT count(*) AS moved FROM rankings;
