-- How often does an execution call each function?
SELECT s.statement_id, c.function, s.executions, count(*) AS calls,
       round(1.0 * count(*) / s.executions, 2) AS calls_each, s.text
FROM calls c JOIN executions e USING (execution_id) JOIN statements s USING (statement_id)
GROUP BY s.statement_id, c.function
ORDER BY calls_each DESC, s.statement_id, c.function
LIMIT 30;
