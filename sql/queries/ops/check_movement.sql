-- The movement of an entry of a ranking, computed in the simplest way from the stored entries.
WITH entry AS (
    SELECT * FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND position = :position AND track_id = :track_id
    ORDER BY ordinal
    LIMIT 1
),

dates AS (
    SELECT
        (
            SELECT max(ranked_on) FROM (
                SELECT ranked_on FROM chart_rankings WHERE chart_id = :chart_id
                UNION
                SELECT ranked_on FROM chart_dates WHERE chart_id = :chart_id
            ) AS known
            WHERE ranked_on < :ranked_on
        ) AS before_on,
        (
            SELECT count(*) FROM chart_ranking_entries
            WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND track_id = :track_id
                AND (position, ordinal) <= (SELECT position, ordinal FROM entry)
        ) AS occurrence
),

compared AS (
    SELECT
        entry.*,
        dates.*,
        EXISTS (
            SELECT FROM chart_rankings
            WHERE chart_id = :chart_id AND ranked_on = dates.before_on
                AND missing_positions = '{}' AND refused_rows = 0
        ) AS is_whole,
        (
            SELECT former.position FROM chart_ranking_entries AS former
            WHERE former.chart_id = :chart_id AND former.ranked_on = dates.before_on AND former.track_id = :track_id
            ORDER BY former.position, former.ordinal
            OFFSET dates.occurrence - 1
            LIMIT 1
        ) AS former_position
    FROM entry
    CROSS JOIN dates
),

placed AS (
    SELECT
        *,
        CASE
            WHEN former_position IS NOT NULL THEN former_position
            WHEN is_whole AND occurrence = 1 THEN NULL
            ELSE previous_position
        END AS was
    FROM compared
)

SELECT
    CASE
        WHEN was IS NOT NULL AND was > position THEN 'up from ' || was
        WHEN was IS NOT NULL AND was < position THEN 'down from ' || was
        WHEN was IS NOT NULL THEN 'same from ' || was
        WHEN before_on IS NULL THEN 'unknown'
        WHEN entry_date = :ranked_on THEN 'new'
        WHEN NOT is_whole THEN 'unknown'
        WHEN entry_date < :ranked_on OR time_on_chart > 1 THEN 're_entry'
        WHEN EXISTS (
            SELECT FROM chart_rankings AS held
            WHERE held.chart_id = :chart_id AND held.ranked_on < placed.before_on
                AND placed.occurrence <= (
                    SELECT count(*) FROM chart_ranking_entries AS earlier
                    WHERE earlier.chart_id = :chart_id AND earlier.ranked_on = held.ranked_on
                        AND earlier.track_id = :track_id
                )
        )
        THEN 're_entry'
        ELSE 'unknown'
    END AS movement
FROM placed;
