-- How long are the calls of each function?
WITH ranked AS (
  SELECT function, duration_ns, row_number() OVER (PARTITION BY function ORDER BY duration_ns) AS rank,
         count(*) OVER (PARTITION BY function) AS calls
  FROM calls
  WHERE duration_ns IS NOT NULL
)
SELECT function, calls, round(min(CASE WHEN rank * 100 >= calls * 50 THEN duration_ns END) / 1e3, 3) AS p50_us,
       round(min(CASE WHEN rank * 100 >= calls * 90 THEN duration_ns END) / 1e3, 3) AS p90_us,
       round(min(CASE WHEN rank * 100 >= calls * 99 THEN duration_ns END) / 1e3, 3) AS p99_us,
       round(max(duration_ns) / 1e3, 3) AS max_us
FROM ranked
GROUP BY function
ORDER BY p99_us DESC, function;
