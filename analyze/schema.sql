-- The relations of `pgrec sql`. Those named in the documentation keep their names and columns: meta,
-- functions, calls, executions, statements, processes, losses, damages. The others are how they are
-- stored.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

CREATE TABLE functions (
  function_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  binary TEXT,
  build_id TEXT,
  file_offset INTEGER,                -- bytes
  calls INTEGER NOT NULL DEFAULT 0,   -- of every outcome
  returned INTEGER NOT NULL DEFAULT 0,
  total_ns INTEGER NOT NULL DEFAULT 0,  -- of the calls that returned, like the rest
  self_ns INTEGER NOT NULL DEFAULT 0,
  min_ns INTEGER,
  max_ns INTEGER,
  fired INTEGER,     -- events; these are NULL where the trace does not say
  recorded INTEGER,  -- of these
  filtered INTEGER,  -- of these, left out as was asked for; the rest is in losses
  short_calls INTEGER,  -- filtered because they were short
  short_ns INTEGER      -- that these took
);

CREATE TABLE outcomes (outcome_id INTEGER PRIMARY KEY, outcome TEXT NOT NULL);

CREATE TABLE call_rows (
  call_id INTEGER PRIMARY KEY,
  ts_ns INTEGER NOT NULL,
  duration_ns INTEGER,
  self_ns INTEGER,
  pid INTEGER NOT NULL,
  tid INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  parent_id INTEGER,
  execution_id INTEGER,
  outcome_id INTEGER NOT NULL
);

CREATE VIEW calls AS
SELECT c.call_id, c.ts_ns, c.duration_ns, c.self_ns, c.pid, c.tid, f.name AS function, c.depth,
       c.parent_id, c.execution_id, o.outcome
FROM call_rows c JOIN functions f USING (function_id) JOIN outcomes o USING (outcome_id);

CREATE TABLE statement_rows (statement_id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE texts (
  text_id INTEGER PRIMARY KEY,
  statement_id INTEGER,  -- NULL where the text could not be read
  text TEXT,
  cut INTEGER NOT NULL   -- 1: the query was longer than what was kept
);

CREATE TABLE execution_rows (
  execution_id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  ts_ns INTEGER NOT NULL,
  duration_ns INTEGER,
  text_id INTEGER NOT NULL,
  outcome TEXT NOT NULL  -- 'ended'; 'open': still running when recording stopped; 'exit-lost'
);

CREATE VIEW executions AS
SELECT e.execution_id, e.pid, e.ts_ns, e.duration_ns, t.statement_id, t.text, e.outcome, t.cut
FROM execution_rows e LEFT JOIN texts t USING (text_id);

CREATE VIEW statements AS
SELECT s.statement_id, s.text, count(*) AS executions, coalesce(sum(e.duration_ns), 0) AS total_ns
FROM execution_rows e JOIN texts t USING (text_id) JOIN statement_rows s USING (statement_id)
GROUP BY s.statement_id;

CREATE TABLE processes (
  pid INTEGER PRIMARY KEY,
  backend_type TEXT,
  database TEXT,
  user TEXT,
  client TEXT,
  title TEXT
);

CREATE TABLE losses (
  cause TEXT NOT NULL,
  function TEXT NOT NULL,
  count INTEGER NOT NULL,   -- events
  from_ns INTEGER NOT NULL,
  to_ns INTEGER NOT NULL,
  cpu INTEGER               -- where they fired; NULL: not known
);

CREATE TABLE clocks (
  ts_ns INTEGER NOT NULL,
  realtime_ns INTEGER NOT NULL  -- the same moment, since 1970 in UTC
);

CREATE TABLE damages (offset INTEGER NOT NULL, bytes INTEGER NOT NULL, reason TEXT NOT NULL);
