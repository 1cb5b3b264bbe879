-- The relations of `pgrec sql`. Those named in the documentation keep their names and columns: meta,
-- functions, calls, executions, preparations, worker_runs, statements, idle_in_transaction, errors,
-- processes, losses, damages. The others are how they are stored.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

CREATE TABLE functions (
  function_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  binary TEXT,
  build_id TEXT,
  file_offset INTEGER,                -- bytes
  calls INTEGER NOT NULL DEFAULT 0,   -- of every outcome, short_calls among them
  returned INTEGER NOT NULL DEFAULT 0,
  total_ns INTEGER NOT NULL DEFAULT 0,  -- of the calls that returned, like the rest
  self_ns INTEGER DEFAULT 0,  -- NULL where short calls make it unknown, like the next two
  min_ns INTEGER,             -- also NULL where no call returned, like the next
  max_ns INTEGER,
  fired INTEGER,     -- events; these are NULL where the trace does not say
  recorded INTEGER,  -- of these
  filtered INTEGER,  -- of these, left out as was asked for; the rest is in losses
  short_calls INTEGER,  -- filtered because they were short
  short_ns INTEGER,     -- that these took
  self_at_most_ns INTEGER,  -- where self_ns is not known; so are the next two
  min_at_least_ns INTEGER,
  max_at_most_ns INTEGER,
  at_most_ns INTEGER NOT NULL DEFAULT 0  -- the sum of that of its calls
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
  outcome_id INTEGER NOT NULL,
  at_most_ns INTEGER,      -- of a call that ended without a return: the longest it can have taken
  self_at_most_ns INTEGER  -- where self_ns is not known: the same of it
);

CREATE VIEW calls AS
SELECT c.call_id, c.ts_ns, c.duration_ns, c.self_ns, c.pid, c.tid, f.name AS function, c.depth,
       c.parent_id, c.execution_id, o.outcome, c.at_most_ns, c.self_at_most_ns
FROM call_rows c JOIN functions f USING (function_id) JOIN outcomes o USING (outcome_id);

CREATE TABLE texts (
  text_id INTEGER PRIMARY KEY,
  text TEXT,             -- NULL where it could not be read or was not to be recorded
  cut INTEGER NOT NULL,  -- 1: the query was longer than what was kept
  kind INTEGER NOT NULL,  -- 0: the query's bytes; 1: could not be read; 2: not recorded; 3: without literals
  query_bytes INTEGER,   -- of the whole query
  fingerprint INTEGER    -- as the trace has it
);

CREATE TABLE statement_rows (
  statement_id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,  -- what its executions have in common
  text TEXT,
  fingerprint TEXT
);

CREATE TABLE statement_links (
  key TEXT NOT NULL,              -- what stands for a text in statement_rows where there is no query id
  statement_id INTEGER NOT NULL,  -- of an execution of it that has one
  PRIMARY KEY (key, statement_id)
) WITHOUT ROWID;

CREATE TABLE execution_rows (
  execution_id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  ts_ns INTEGER NOT NULL,
  duration_ns INTEGER,
  text_id INTEGER NOT NULL,
  statement_id INTEGER,   -- NULL: nothing says of which
  kind INTEGER NOT NULL,  -- 0: an execution; 1: a preparation; 2: a parallel worker's run
  outcome TEXT NOT NULL,  -- 'completed'; 'error'; 'suspended'; 'not-run'; 'ended': nobody says how;
                          -- 'open': still running when recording stopped; 'exit-lost'
  process_id INTEGER,
  query_id INTEGER,
  sqlstate TEXT,
  prepare_ns INTEGER,
  run_ns INTEGER,
  running_ns INTEGER,
  leader_pid INTEGER,
  leader_execution_id INTEGER,
  application TEXT,   -- when it began, like the next three
  database TEXT,
  user TEXT,          -- as whom it ran: who logged in, or SET ROLE says
  session_user TEXT,
  rows INTEGER,
  shared_hit INTEGER,  -- blocks
  shared_read INTEGER,
  shared_dirtied INTEGER,
  shared_written INTEGER,
  temp_read INTEGER,
  temp_written INTEGER,
  wal_records INTEGER,
  wal_fpi INTEGER,
  wal_bytes INTEGER
);

CREATE VIEW executions AS
SELECT e.execution_id, e.pid, e.ts_ns, e.duration_ns, e.statement_id, t.text, e.outcome,
       t.cut, e.process_id, e.rows, e.query_id, e.sqlstate, e.prepare_ns, e.run_ns, t.query_bytes AS text_bytes, e.shared_hit, e.shared_read,
       e.shared_dirtied, e.shared_written, e.temp_read, e.temp_written, e.wal_records, e.wal_fpi,
       e.wal_bytes, e.running_ns, e.application, e.database, e.user, e.session_user
FROM execution_rows e LEFT JOIN texts t USING (text_id)
WHERE e.kind = 0;

CREATE VIEW preparations AS
SELECT e.execution_id, e.pid, e.ts_ns, e.duration_ns, e.statement_id, t.text, e.outcome,
       t.cut, e.process_id, e.application, e.database, e.user, e.session_user
FROM execution_rows e LEFT JOIN texts t USING (text_id)
WHERE e.kind = 1;

CREATE VIEW worker_runs AS
SELECT e.execution_id, e.pid, e.ts_ns, e.duration_ns, e.leader_pid, e.leader_execution_id,
       e.statement_id, t.text, e.outcome, t.cut, e.process_id
FROM execution_rows e LEFT JOIN texts t USING (text_id)
WHERE e.kind = 2;

CREATE VIEW statements AS
SELECT s.statement_id, s.text, count(*) AS executions,
       coalesce(capped_sum(e.duration_ns), 0) AS total_ns, s.fingerprint,
       CASE WHEN min(e.query_id) = max(e.query_id) THEN max(e.query_id) END AS query_id,
       CASE WHEN max(e.outcome IN ('completed', 'error', 'suspended'))
            THEN sum(e.outcome = 'error') END AS errors,
       capped_sum(e.rows) AS rows, capped_sum(e.shared_hit) AS shared_hit,
       capped_sum(e.shared_read) AS shared_read, capped_sum(e.shared_dirtied) AS shared_dirtied,
       capped_sum(e.shared_written) AS shared_written, capped_sum(e.temp_read) AS temp_read,
       capped_sum(e.temp_written) AS temp_written, capped_sum(e.wal_records) AS wal_records,
       capped_sum(e.wal_fpi) AS wal_fpi, capped_sum(e.wal_bytes) AS wal_bytes
FROM execution_rows e JOIN statement_rows s USING (statement_id)
WHERE e.kind = 0
GROUP BY s.statement_id;

CREATE TABLE idle_in_transaction (
  pid INTEGER NOT NULL,
  process_id INTEGER,
  ts_ns INTEGER NOT NULL,
  duration_ns INTEGER,  -- NULL: it was still idle when recording stopped
  aborted INTEGER,      -- 1: the transaction had failed
  execution_id INTEGER,  -- that ran before
  running_ns INTEGER     -- for how long it had been idle when the trace began
);

CREATE TABLE errors (
  ts_ns INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  process_id INTEGER,
  severity TEXT,        -- 'ERROR', 'FATAL', 'PANIC'
  sqlstate TEXT,
  message TEXT,         -- with --text normalized what it is made of: 'relation "%s" does not exist'
  execution_id INTEGER  -- that failed with it; NULL: there was none
);

CREATE TABLE processes (
  process_id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  backend_type TEXT,
  database TEXT,
  user TEXT,         -- who logged in
  client TEXT,
  title TEXT,
  application TEXT,  -- of its first execution
  leader_pid INTEGER,  -- of a parallel worker
  started_ns INTEGER,  -- below 0: before the trace began
  ended_ns INTEGER
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
