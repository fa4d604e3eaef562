-- The tracks in most rankings dated in a window, with their place in the window before. A song with several entries
-- in a ranking counts once. Entries are counted by track and chart first, since a count of distinct charts would have
-- to sort them all.
WITH charted AS (
    SELECT
        track_id,
        chart_id,
        count(*) FILTER (WHERE ranked_on >= :start AND NOT repeats) AS rankings,
        min(position) FILTER (WHERE ranked_on >= :start) AS best_position,
        count(*) FILTER (WHERE ranked_on < :start AND NOT repeats) AS rankings_before,
        min(position) FILTER (WHERE ranked_on < :start) AS best_before
    FROM chart_ranking_entries
    WHERE ranked_on BETWEEN :before_start AND :end
        AND chart_id IN (
            SELECT id FROM charts
            WHERE (CAST(:platform_id AS integer) IS NULL OR platform_id = :platform_id)
                AND (CAST(:country AS text) IS NULL OR country_code = replace(:country, '-', ''))
        )
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
    GROUP BY track_id, chart_id
),

counted AS (
    SELECT
        charted.track_id,
        sum(charted.rankings) AS rankings,
        count(charted.best_position) AS charts,
        min(charted.best_position) AS best_position,
        sum(charted.rankings_before) AS rankings_before,
        count(charted.best_before) AS charts_before,
        min(charted.best_before) AS best_before
    FROM charted
    JOIN tracks ON tracks.id = charted.track_id
    WHERE CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since
    GROUP BY charted.track_id
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
    CAST(placed.rankings AS bigint) AS rankings,
    placed.charts,
    placed.best_position,
    CAST(placed.rankings_before AS bigint) AS rankings_before,
    placed.place,
    CASE WHEN placed.rankings_before > 0 THEN placed.place_before END AS place_before,
    placed.is_compared
FROM placed
JOIN tracks ON tracks.id = placed.track_id
WHERE placed.rankings > 0
ORDER BY placed.place
LIMIT :size;
