-- How much time did each database and user take?
SELECT database, user, count(*) AS executions, round(sum(duration_ns) / 1e6, 3) AS total_ms,
       round(max(duration_ns) / 1e6, 3) AS max_ms, sum(outcome = 'error') AS errors
FROM executions
GROUP BY database, user
ORDER BY sum(duration_ns) DESC, database, user;
