-- Which functions took the time themselves?
SELECT name AS function, calls, round(self_ns / 1e6, 3) AS self_ms, round(total_ns / 1e6, 3) AS total_ms,
       round(100.0 * self_ns / nullif((SELECT sum(self_ns) FROM functions), 0), 1) AS self_percent
FROM functions
ORDER BY self_ns DESC, name;
