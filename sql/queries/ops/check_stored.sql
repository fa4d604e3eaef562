-- What is stored of an entry's movement and of its track on the chart, and the same of the track counted from all entries.
SELECT
    entered.movement AS kept_movement,
    (known.first_on, known.last_on, known.rankings, known.peak, known.peak_on)::text AS kept_track,
    (
        SELECT
            (
                min(dated.ranked_on),
                max(dated.ranked_on),
                count(*),
                min(dated.position),
                (array_agg(dated.ranked_on ORDER BY dated.position, dated.ranked_on))[1]
            )::text
        FROM (
            SELECT ranked_on, min(position) AS position
            FROM chart_ranking_entries
            WHERE chart_id = :chart_id AND track_id = :track_id
            GROUP BY ranked_on
        ) AS dated
    ) AS counted_track
FROM (SELECT) AS entry
LEFT JOIN chart_entered AS entered
    ON entered.chart_id = :chart_id
    AND entered.ranked_on = :ranked_on
    AND entered.track_id = :track_id
    AND entered.position = :position
LEFT JOIN chart_tracks AS known ON known.chart_id = :chart_id AND known.track_id = :track_id;
