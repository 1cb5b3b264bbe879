-- Which transactions were left idle, after what?
SELECT i.pid, round(i.ts_ns / 1e9, 6) AS at_s, round(i.duration_ns / 1e6, 3) AS idle_ms, i.aborted, p.application,
       p.client, e.text AS last_statement
FROM idle_in_transaction i LEFT JOIN processes p USING (process_id) LEFT JOIN executions e USING (execution_id)
ORDER BY i.duration_ns IS NULL DESC, i.duration_ns DESC, i.ts_ns
LIMIT 20;
