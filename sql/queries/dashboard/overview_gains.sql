-- What the tracks of a filter gained on its first `size` platforms with many tracks in the `days` days to `end`, or to
-- the platform's newest whole day if that is earlier: those with values of at least half as many tracks as the platform with
-- most, in the order of the tabs. The sums are those of dashboard_leaders.sql.
WITH newest AS (
    SELECT
        platforms.id,
        least(dated.last_whole_date, CAST(:end AS date)) AS last_day
    FROM platforms
    CROSS JOIN LATERAL (
        SELECT states.last_whole_date FROM audience_states AS states
        WHERE states.platform_id = platforms.id AND states.last_whole_date IS NOT NULL
        ORDER BY states.last_whole_date DESC
        LIMIT 1
    ) AS dated
    WHERE CAST(:platform_id AS integer) IS NULL OR platforms.id = :platform_id
),

wanted AS (
    SELECT
        newest.id AS platform_id,
        newest.last_day,
        states
    FROM newest
    JOIN audience_states AS states
        ON states.platform_id = newest.id
        AND states.last_date > newest.last_day - :days
        AND states.first_date <= newest.last_day
    JOIN tracks ON tracks.id = states.track_id
    WHERE (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR states.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
        AND (
            CAST(:country AS text) IS NULL
            OR EXISTS (
                SELECT FROM chart_tracks AS stood
                JOIN charts ON charts.id = stood.chart_id
                WHERE stood.track_id = states.track_id AND charts.country_code = replace(:country, '-', '')
            )
        )
),

counted AS (
    SELECT
        platform_id,
        count(*) AS tracks
    FROM wanted
    GROUP BY platform_id
),

chosen AS (
    SELECT platform_id FROM counted
    WHERE tracks * 2 >= (SELECT max(tracks) FROM counted)
    ORDER BY platform_id
    LIMIT :size
)

SELECT
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name AS metric_name,
    wanted.last_day,
    count(found.gain) AS known,
    count(*) - count(found.gain) AS unknown,
    count(*) FILTER (WHERE found.has_note) AS noted,
    sum(found.gain) AS gain_of_all,
    count(found.gain_before) AS compared,
    sum(found.gain) FILTER (WHERE found.gain_before IS NOT NULL) AS gain_of_compared,
    sum(found.gain_before) AS gain_before_of_compared
FROM chosen
JOIN wanted ON wanted.platform_id = chosen.platform_id
JOIN platforms ON platforms.id = chosen.platform_id
CROSS JOIN LATERAL audience_gain_of(wanted.states, wanted.last_day - :days + 1, wanted.last_day) AS found
GROUP BY platforms.id, wanted.last_day
ORDER BY platforms.id;
