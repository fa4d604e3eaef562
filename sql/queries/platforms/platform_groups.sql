-- Duplicate platforms: rows that share a fold, or whose fold is an alias of another. The first of a group is kept:
-- the one with the most audience data, then the oldest.
WITH counted AS (
    SELECT
        platforms.id,
        platforms.slug,
        platforms.name,
        coalesce(aliased.fold, platforms.fold) AS spelling,
        platforms.created_at,
        (
            SELECT count(*)
            FROM track_audience_time_series
            WHERE track_audience_time_series.platform_id = platforms.id
        ) AS records
    FROM platforms
    LEFT JOIN platform_aliases ON platform_aliases.fold = platforms.fold
    LEFT JOIN platforms AS aliased ON aliased.id = platform_aliases.platform_id
)

SELECT
    id,
    slug,
    name,
    spelling,
    records
FROM counted
WHERE spelling IN (SELECT spelling FROM counted GROUP BY spelling HAVING count(*) > 1)
ORDER BY spelling, records DESC, created_at, id;
