-- A track that the API does not know: what is stored stays, and it is asked for again in 30 days.
UPDATE tracks
SET metadata_error = 'SoundCharts does not know this song.', metadata_due_at = now() + interval '30 days'
WHERE uuid = CAST(:uuid AS uuid);
