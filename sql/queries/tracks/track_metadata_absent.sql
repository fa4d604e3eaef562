-- A track that the API does not know: what is stored stays, and it is asked for again some days later.
UPDATE tracks
SET metadata_error = 'SoundCharts does not know this song.', metadata_due_at = now() + :due_days * interval '1 day'
WHERE uuid = CAST(:uuid AS uuid);
