-- In which functions did each statement spend time?
SELECT e.statement_id, c.function, count(*) AS calls, round(sum(c.self_ns) / 1e6, 3) AS self_ms, s.text
FROM calls c JOIN executions e USING (execution_id) JOIN statements s USING (statement_id)
GROUP BY e.statement_id, c.function
ORDER BY sum(c.self_ns) DESC, e.statement_id, c.function
LIMIT 30;
