-- The artists of tracks that were just stored, if their cascade includes artists: due from now on, in the order of
-- their key, unless they were before.
UPDATE artists
SET metadata_due_at = now()
WHERE id IN (
    SELECT artists.id
    FROM artists
    WHERE artists.metadata_due_at IS NULL
        AND EXISTS (
            SELECT FROM track_artists
            JOIN tracks ON tracks.id = track_artists.track_id AND tracks.with_artists
            WHERE track_artists.artist_id = artists.id AND track_artists.track_id = ANY(CAST(:track_ids AS bigint[]))
        )
    ORDER BY artists.uuid
    FOR UPDATE
);
