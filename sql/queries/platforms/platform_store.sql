-- A platform that the API names and we do not know yet. A spelling of a known one is that one: nothing happens.
INSERT INTO platforms (slug, name, platform_identifier, platform_type)
VALUES (:slug, :name, :code, 'other')
ON CONFLICT (fold) DO NOTHING;
