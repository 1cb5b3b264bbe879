-- Which executions ran in parallel workers?
SELECT w.leader_execution_id AS execution_id, w.leader_pid, count(*) AS workers,
       round(sum(w.duration_ns) / 1e6, 3) AS workers_ms, round(e.duration_ns / 1e6, 3) AS leader_ms, e.text
FROM worker_runs w LEFT JOIN executions e ON e.execution_id = w.leader_execution_id
GROUP BY w.leader_execution_id, w.leader_pid
ORDER BY sum(w.duration_ns) DESC, execution_id
LIMIT 20;
