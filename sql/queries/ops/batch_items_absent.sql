-- The items of a run that succeeded without their songs or artists.
UPDATE batch_items
SET outcome = 'refused', note = 'SoundCharts does not know this one.'
WHERE run_uuid = :run AND coalesce(track_uuid, artist_uuid) = ANY(CAST(:uuids AS uuid[]));
