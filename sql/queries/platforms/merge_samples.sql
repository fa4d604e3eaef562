-- Samples of the rows of a merge that differ between loser and winner, the newest dates first: values of a date, and
-- identifiers of two tracks. The one fetched or seen last stays; of two at the same time the winner's.
(
    SELECT
        'value' AS kind,
        tracks.uuid,
        tracks.name AS track,
        to_char(lost.date, 'YYYY-MM-DD') AS about,
        CAST(lost.audience_value AS text) AS loser_value,
        CAST(kept.audience_value AS text) AS winner_value,
        lost.fetched_at > kept.fetched_at AS loser_stays
    FROM track_audience_time_series AS lost
    JOIN track_audience_time_series AS kept
        ON kept.platform_id = :winner
        AND kept.track_id = lost.track_id
        AND kept.date = lost.date
        AND kept.audience_value <> lost.audience_value
    JOIN tracks ON tracks.id = lost.track_id
    WHERE lost.platform_id = :loser
    ORDER BY lost.date DESC, lost.track_id
    LIMIT :most
)
UNION ALL
(
    SELECT
        'identifier',
        tracks.uuid,
        tracks.name,
        lost.identifier,
        tracks.name,
        others.name,
        lost.last_seen_at > kept.last_seen_at
    FROM track_identifiers AS lost
    JOIN track_identifiers AS kept
        ON kept.platform_id = :winner
        AND kept.identifier = lost.identifier
        AND kept.track_id <> lost.track_id
    JOIN tracks ON tracks.id = lost.track_id
    JOIN tracks AS others ON others.id = kept.track_id
    WHERE lost.platform_id = :loser
    ORDER BY lost.identifier
    LIMIT :most
);
