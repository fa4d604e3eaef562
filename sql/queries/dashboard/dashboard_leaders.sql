-- Tracks by their gain on a platform in the `days` days to `end`, and the change on the same number of days before,
-- none from a base under 1,000. A country's tracks are those on one of its charts. The first row has the sums of all
-- tracks even if none leads: those whose gain is known, and those that are compared. Tracks whose gain is unknown
-- come last, at most `unknown_size` of them, first those whose history was not fetched yet (SeriesHeld.missing() in
-- Python).
WITH wanted AS (
    SELECT
        states.track_id,
        states.first_date,
        states,
        states.status = 'absent' OR coalesce(
            states.history_from <= greatest(
                CAST(:end AS date) - :days + 1 - 8,
                CASE WHEN states.first_date >= tracks.release_date - 3 THEN tracks.release_date - 8 END
            ),
            false
        ) AS is_requested
    FROM audience_states AS states
    JOIN tracks ON tracks.id = states.track_id
    WHERE states.platform_id = :platform_id
        AND states.last_date > CAST(:end AS date) - :days
        AND states.first_date <= :end
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
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

gained AS (
    SELECT
        wanted.track_id,
        wanted.first_date,
        wanted.is_requested,
        found.total,
        found.base_date,
        found.gain,
        found.covers,
        found.caveat,
        found.gain_before,
        found.has_note,
        CASE
            WHEN found.gain_before >= 1000
            THEN CAST(found.gain - found.gain_before AS double precision) / found.gain_before
        END AS change
    FROM wanted
    CROSS JOIN LATERAL audience_gain_of(wanted.states, CAST(:end AS date) - :days + 1, :end) AS found
),

placed AS (
    SELECT
        *,
        CASE WHEN gain > 0 THEN row_number() OVER (ORDER BY gain DESC NULLS LAST, track_id) END AS by_gain,
        CASE WHEN change > 0 THEN row_number() OVER (ORDER BY change DESC NULLS LAST, track_id) END AS by_change,
        CASE
            WHEN gain IS NULL THEN row_number() OVER (PARTITION BY gain IS NULL ORDER BY is_requested, total DESC, track_id)
        END AS by_unknown
    FROM gained
),

summed AS (
    SELECT
        count(gain) AS known,
        count(*) - count(gain) AS unknown,
        count(*) FILTER (WHERE has_note) AS noted,
        sum(gain) AS gain_of_all,
        count(gain_before) AS compared,
        sum(gain) FILTER (WHERE gain_before IS NOT NULL) AS gain_of_compared,
        sum(gain_before) AS gain_before_of_compared
    FROM gained
)

SELECT
    summed.*,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    placed.first_date,
    placed.total,
    placed.base_date,
    placed.gain,
    placed.covers,
    placed.caveat,
    placed.gain_before,
    placed.change,
    CASE WHEN placed.by_gain <= :size THEN placed.by_gain END AS by_gain,
    CASE WHEN placed.by_change <= :size THEN placed.by_change END AS by_change
FROM summed
LEFT JOIN (
    placed
    JOIN tracks ON tracks.id = placed.track_id
) ON placed.by_gain <= :size OR placed.by_change <= :size OR placed.by_unknown <= :unknown_size
ORDER BY placed.by_gain, placed.by_change, placed.by_unknown;
