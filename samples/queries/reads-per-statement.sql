-- Which statements read what was not in buffers?
SELECT statement_id, executions, shared_read, round(1.0 * shared_read / max(executions, 1), 1) AS read_each, shared_hit,
       round(100.0 * shared_read / nullif(shared_read + shared_hit, 0), 1) AS read_percent, text
FROM statements
WHERE shared_read > 0
ORDER BY shared_read DESC, statement_id
LIMIT 20;
