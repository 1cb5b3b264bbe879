-- In which seconds was the most time spent?
SELECT ts_ns / 1000000000 AS second, count(*) AS executions, count(DISTINCT pid) AS processes,
       round(sum(duration_ns) / 1e6, 3) AS total_ms, round(max(duration_ns) / 1e6, 3) AS max_ms,
       sum(outcome = 'error') AS errors
FROM executions
GROUP BY second
ORDER BY sum(duration_ns) DESC, second
LIMIT 20;
