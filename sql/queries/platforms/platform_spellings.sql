-- Every platform with all its spellings, and the platforms that somebody marked as distinct.
SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    platforms.platform_identifier AS code,
    ARRAY(
        SELECT platform_aliases.fold
        FROM platform_aliases
        WHERE platform_aliases.platform_id = platforms.id
        ORDER BY platform_aliases.fold
    ) AS aliases,
    ARRAY(
        SELECT platform_distinctions.other_id
        FROM platform_distinctions
        WHERE platform_distinctions.platform_id = platforms.id
        ORDER BY platform_distinctions.other_id
    ) AS distinct_from
FROM platforms
WHERE platforms.slug <> 'isrc'
ORDER BY platforms.id;
