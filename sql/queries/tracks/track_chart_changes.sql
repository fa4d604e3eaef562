-- A track's entries to charts and exits from them between two dates, those of its best stays first, and their number.
-- A stay is consecutive rankings that have the track. It begins and ends only between two stored rankings without a
-- known one between them. A ranking that lacks rows does not show that a track is absent.
WITH stood AS (
    SELECT entries.chart_id, entries.ranked_on, min(entries.position) AS position
    FROM chart_ranking_entries AS entries
    WHERE entries.track_id = :track_id
        AND entries.chart_id = ANY(ARRAY(SELECT known.chart_id FROM chart_tracks AS known WHERE known.track_id = :track_id))
        AND entries.ranked_on BETWEEN CAST(:first AS date) - 31 AND :last
    GROUP BY entries.chart_id, entries.ranked_on
),

followed AS (
    SELECT
        rankings.chart_id,
        rankings.ranked_on,
        stood.position,
        lag(rankings.ranked_on) OVER in_order AS before_on,
        lag(stood.position) OVER in_order AS was,
        row_number() OVER in_order
        - row_number() OVER (
            PARTITION BY rankings.chart_id, stood.position IS NULL ORDER BY rankings.ranked_on
        ) AS stay
    FROM chart_rankings AS rankings
    LEFT JOIN stood ON stood.chart_id = rankings.chart_id AND stood.ranked_on = rankings.ranked_on
    WHERE rankings.chart_id IN (SELECT stood.chart_id FROM stood)
        AND rankings.ranked_on BETWEEN CAST(:first AS date) - 31 AND :last
        AND (stood.position IS NOT NULL OR rankings.is_whole)
    WINDOW in_order AS (PARTITION BY rankings.chart_id ORDER BY rankings.ranked_on)
),

peaked AS (
    SELECT
        followed.*,
        min(position) OVER (PARTITION BY chart_id, position IS NULL, stay) AS peak
    FROM followed
),

changed AS (
    SELECT
        peaked.*,
        coalesce(peak, lag(peak) OVER (PARTITION BY chart_id ORDER BY ranked_on)) AS stay_peak
    FROM peaked
)

SELECT
    changed.ranked_on,
    changed.position IS NOT NULL AS entered,
    coalesce(changed.position, changed.was) AS position,
    charts.name,
    platforms.name AS platform_name,
    charts.place,
    count(*) OVER () AS total
FROM changed
JOIN charts ON charts.id = changed.chart_id
JOIN platforms ON platforms.id = charts.platform_id
WHERE (changed.position IS NULL) <> (changed.was IS NULL)
    AND changed.before_on IS NOT NULL
    AND changed.ranked_on >= :first
    AND NOT EXISTS (
        SELECT FROM chart_dates
        WHERE chart_dates.chart_id = changed.chart_id
            AND chart_dates.ranked_on > changed.before_on
            AND chart_dates.ranked_on < changed.ranked_on
    )
    AND NOT EXISTS (
        SELECT FROM chart_rankings AS between_them
        WHERE between_them.chart_id = changed.chart_id
            AND between_them.ranked_on > changed.before_on
            AND between_them.ranked_on < changed.ranked_on
    )
ORDER BY changed.stay_peak, changed.ranked_on DESC, charts.id
LIMIT :size;
