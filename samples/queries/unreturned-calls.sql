-- Which calls did not return, in which statement?
SELECT c.outcome, c.function, count(*) AS calls, round(max(c.at_most_ns) / 1e6, 3) AS at_most_ms, e.text
FROM calls c LEFT JOIN executions e USING (execution_id)
WHERE c.outcome <> 'returned'
GROUP BY c.outcome, c.function, e.text
ORDER BY calls DESC, c.outcome, c.function, e.text
LIMIT 30;
