-- The tracks in most rankings dated in a window, with their place in the window before. A song with several entries
-- in a ranking counts once.
WITH counted AS (
    SELECT
        entries.track_id,
        count(*) FILTER (WHERE entries.ranked_on >= :start AND NOT entries.repeats) AS rankings,
        count(DISTINCT entries.chart_id) FILTER (WHERE entries.ranked_on >= :start) AS charts,
        min(entries.position) FILTER (WHERE entries.ranked_on >= :start) AS best_position,
        count(*) FILTER (WHERE entries.ranked_on < :start AND NOT entries.repeats) AS rankings_before,
        count(DISTINCT entries.chart_id) FILTER (WHERE entries.ranked_on < :start) AS charts_before,
        min(entries.position) FILTER (WHERE entries.ranked_on < :start) AS best_before
    FROM chart_ranking_entries AS entries
    JOIN tracks ON tracks.id = entries.track_id
    WHERE entries.ranked_on BETWEEN :before_start AND :end
        AND entries.chart_id IN (
            SELECT id FROM charts
            WHERE (CAST(:platform_id AS integer) IS NULL OR platform_id = :platform_id)
                AND (CAST(:country AS text) IS NULL OR country_code = replace(:country, '-', ''))
        )
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR entries.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
    GROUP BY entries.track_id
),

placed AS (
    SELECT
        *,
        row_number() OVER (ORDER BY rankings DESC, charts DESC, best_position, track_id) AS place,
        row_number() OVER (ORDER BY rankings_before DESC, charts_before DESC, best_before, track_id) AS place_before,
        bool_or(rankings_before > 0) OVER () AS is_compared
    FROM counted
)

SELECT
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    placed.rankings,
    placed.charts,
    placed.best_position,
    placed.rankings_before,
    placed.place,
    CASE WHEN placed.rankings_before > 0 THEN placed.place_before END AS place_before,
    placed.is_compared
FROM placed
JOIN tracks ON tracks.id = placed.track_id
WHERE placed.rankings > 0
ORDER BY placed.place
LIMIT :size;
