-- An artist whom the API does not know: what is stored stays, and it is asked again in 30 days.
UPDATE artists
SET metadata_error = 'The API does not know this artist.', metadata_due_at = now() + interval '30 days'
WHERE uuid = CAST(:uuid AS uuid);
