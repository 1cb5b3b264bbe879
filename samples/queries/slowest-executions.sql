-- Which single executions took longest?
SELECT execution_id, pid, round(ts_ns / 1e9, 6) AS at_s, round(duration_ns / 1e6, 3) AS duration_ms, outcome, rows,
       text
FROM executions
WHERE duration_ns IS NOT NULL
ORDER BY duration_ns DESC, execution_id
LIMIT 20;
