-- A track unknown to the API: the stored data stay, and it is fetched again some days later.
UPDATE tracks
SET metadata_error = 'SoundCharts does not know this song.', metadata_due_at = now() + :due_days * interval '1 day'
WHERE uuid = CAST(:uuid AS uuid);
