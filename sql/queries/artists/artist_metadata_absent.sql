-- An artist whom the API does not know: what is stored stays, and it is asked again some days later.
UPDATE artists
SET metadata_error = 'The API does not know this artist.', metadata_due_at = now() + :due_days * interval '1 day'
WHERE uuid = CAST(:uuid AS uuid);
