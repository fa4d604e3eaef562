-- The platforms of SoundCharts: codes, metrics and their data for songs.
-- Spotify's identifiers are copies of one recording (max); videos, sounds and reels are different things (sum).
INSERT INTO platforms (
    slug, name, platform_type, audience_metric_name, platform_identifier, plot_rule, has_song_audience, has_song_charts
)
VALUES
    ('spotify', 'Spotify', 'streaming', 'Streams', 'spotify', 'max', true, true),
    ('apple_music', 'Apple Music', 'streaming', 'Listeners', 'apple-music', 'max', false, true),
    ('youtube', 'YouTube', 'streaming', 'Views', 'youtube', 'sum', true, true),
    ('youtube_shorts', 'YouTube Shorts', 'social', 'Shorts', 'youtube-shorts', 'sum', true, false),
    ('tiktok', 'TikTok', 'social', 'Videos', 'tiktok', 'sum', true, true),
    ('instagram', 'Instagram', 'social', 'Reels', 'instagram', 'sum', true, false),
    ('shazam', 'Shazam', 'other', 'Shazams', 'shazam', 'max', true, true),
    ('soundcloud', 'SoundCloud', 'streaming', 'Plays', 'soundcloud', 'sum', true, true),
    ('audiomack', 'Audiomack', 'streaming', 'Plays', 'audiomack', 'sum', true, false),
    ('genius', 'Genius', 'other', 'Page views', 'genius', 'max', true, true),
    ('gaana', 'Gaana', 'streaming', 'Favorites', 'gaana', 'max', true, true),
    ('jiosaavn', 'JioSaavn', 'streaming', 'Plays', 'jiosaavn', 'max', true, true),
    ('melon', 'Melon', 'streaming', 'Likes', 'melon', 'max', true, true),
    ('line_music', 'LINE MUSIC', 'streaming', 'Streams', 'line-music', 'max', true, true),
    ('anghami', 'Anghami', 'streaming', 'Plays', 'anghami', 'max', true, true),
    ('lastfm', 'Last.fm', 'social', 'Plays', 'lastfm', 'max', true, false),
    ('awa', 'AWA', 'streaming', 'Streams', 'awa', 'max', true, false),
    ('airplay', 'Airplay', 'radio', 'Listeners', 'airplay', 'max', false, true),
    ('amazon', 'Amazon', 'streaming', 'Listeners', 'amazon', 'max', false, true),
    ('beatport', 'Beatport', 'streaming', 'Listeners', 'beatport', 'max', false, true),
    ('boomplay', 'Boomplay', 'streaming', 'Listeners', 'boomplay', 'max', false, true),
    ('deezer', 'Deezer', 'streaming', 'Listeners', 'deezer', 'max', false, true),
    ('itunes', 'iTunes', 'streaming', 'Listeners', 'itunes', 'max', false, true),
    ('netease', 'NetEase', 'streaming', 'Listeners', 'netease', 'max', false, true),
    ('qq_music', 'QQ Music', 'streaming', 'Listeners', 'qq-music', 'max', false, true),
    ('tidal', 'Tidal', 'streaming', 'Listeners', 'tidal', 'max', false, true),
    ('x', 'X', 'social', 'Listeners', 'x', 'max', false, false),
    ('isrc', 'ISRC', 'other', 'Listeners', 'isrc', 'max', false, false)
ON CONFLICT (fold) DO NOTHING;

INSERT INTO platform_aliases (fold, platform_id)
SELECT alias.fold, platforms.id
FROM (VALUES
    ('twitter', 'x'),
    ('amazonmusic', 'amazon')
) AS alias (fold, slug)
JOIN platforms ON platforms.slug = alias.slug
ON CONFLICT (fold) DO NOTHING;
