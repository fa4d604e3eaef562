-- The series of tracks on charts' newest rankings that no other chart already keeps up to date.
SELECT count(DISTINCT (states.track_id, states.platform_id)) AS series
FROM charts
JOIN chart_ranking_entries AS entries
    ON entries.chart_id = charts.id AND entries.ranked_on = charts.last_ranked_on
JOIN audience_states AS states ON states.track_id = entries.track_id
JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience
WHERE charts.id = ANY(CAST(:charts AS integer[]))
    AND NOT EXISTS (
        SELECT FROM charts AS others
        JOIN chart_ranking_entries AS theirs
            ON theirs.chart_id = others.id AND theirs.ranked_on = others.last_ranked_on
        WHERE others.sync_enabled
            AND others.with_audience
            AND others.id <> ALL(CAST(:charts AS integer[]))
            AND theirs.track_id = entries.track_id
    );
