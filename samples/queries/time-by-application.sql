-- How much time did each application take?
SELECT application, count(DISTINCT process_id) AS processes, count(*) AS executions,
       round(sum(duration_ns) / 1e6, 3) AS total_ms, round(max(duration_ns) / 1e6, 3) AS max_ms,
       sum(outcome = 'error') AS errors
FROM executions
GROUP BY application
ORDER BY sum(duration_ns) DESC, application;
