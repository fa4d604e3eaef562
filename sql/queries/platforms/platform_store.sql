-- A platform of the API that is not stored yet. For a spelling of an existing one nothing happens.
INSERT INTO platforms (slug, name, platform_identifier, platform_type)
VALUES (:slug, :name, :code, 'other')
ON CONFLICT (fold) DO NOTHING;
