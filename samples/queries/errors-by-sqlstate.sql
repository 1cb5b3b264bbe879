-- Which errors were there, and how often?
SELECT r.sqlstate, r.severity, count(*) AS errors, round(min(r.ts_ns) / 1e9, 6) AS first_s,
       round(max(r.ts_ns) / 1e9, 6) AS last_s, r.message, e.text AS one_statement
FROM errors r LEFT JOIN executions e USING (execution_id)
GROUP BY r.sqlstate, r.severity, r.message
ORDER BY errors DESC, r.sqlstate, r.message
LIMIT 30;
