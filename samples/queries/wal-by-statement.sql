-- Which statements wrote the most WAL?
SELECT statement_id, executions, wal_bytes, round(1.0 * wal_bytes / max(executions, 1), 1) AS bytes_each, wal_records,
       wal_fpi, text
FROM statements
WHERE wal_bytes > 0
ORDER BY wal_bytes DESC, statement_id
LIMIT 20;
