-- What a batch asked of a run that succeeded without these songs.
UPDATE batch_items
SET outcome = 'refused', note = 'SoundCharts does not know this song.'
WHERE run_uuid = :run AND track_uuid = ANY(CAST(:uuids AS uuid[]));
