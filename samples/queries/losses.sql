-- What is missing from the recording, and why?
SELECT cause, function, sum(count) AS events, round(min(from_ns) / 1e9, 6) AS from_s, round(max(to_ns) / 1e9, 6) AS to_s
FROM losses
GROUP BY cause, function
ORDER BY events DESC, cause, function;
