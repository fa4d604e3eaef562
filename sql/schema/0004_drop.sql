-- What revision 0004 made, in any order that works.
SELECT;
DROP FUNCTION audience_catch_ups;
