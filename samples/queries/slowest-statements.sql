-- Which statements took the most time in all?
SELECT statement_id, executions, round(total_ns / 1e6, 3) AS total_ms,
       round(total_ns / 1e6 / max(executions, 1), 3) AS mean_ms, errors, rows, text
FROM statements
ORDER BY total_ns DESC, statement_id
LIMIT 20;
