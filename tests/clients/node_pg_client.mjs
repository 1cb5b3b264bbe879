// What node-postgres sends: texts without parameters by the simple protocol, all others by the extended one; cursors, COPY.
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import Cursor from "pg-cursor";
import copy from "pg-copy-streams";
import pg from "pg";

const other = new pg.Client({ application_name: "other" });
await other.connect();

async function expect(code, promise) {
  const failure = await promise.then(() => ({ code: "none" }), (error) => error);
  if (failure.code !== code) throw new Error(`${failure.code} and not ${code}: ${failure.message}`);
}

async function until(text, pid, found) {
  while ((await other.query(text, [pid])).rows.length > 0 !== found) await new Promise((go) => setTimeout(go, 20));
}
const sleeps = (pid) => until("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", pid, true);
const isGone = (pid) => until("SELECT 1 FROM pg_stat_activity WHERE pid = $1", pid, false);

let client = new pg.Client({ application_name: "node_pg" });
await client.connect();
await client.query("DROP TABLE IF EXISTS t, u; CREATE TABLE t (a int PRIMARY KEY, b text); " +
                   "CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
// Without parameters, with them, by name, binary, as arrays, and several at once.
for (let i = 0; i < 3; i++) {
  await client.query("SELECT count(*) FROM t");
  await client.query("INSERT INTO t VALUES ($1, $2)", [i, "it's; größer 猫"]);
  await client.query({ name: "by name", text: "SELECT * FROM t WHERE a <= $1", values: [i] });
  await client.query({ text: "SELECT a FROM t WHERE a = $1", values: [i], rowMode: "array", binary: true });
}
await Promise.all([1, 2, 3, 4].map((i) => client.query("SELECT $1::int AS queued", [i])));
await client.query("SELECT 1; SELECT 'a;b'; /* ; */ INSERT INTO t VALUES (10), (11) RETURNING a; -- done");
await client.query("INSERT INTO t SELECT g, 'many' FROM generate_series($1::int, $2) g", [20, 60]);
await client.query({ text: "SELECT a FROM t ORDER BY a", rows: 5 });
for (const text of ["", ";", "-- only a comment"]) await client.query(text);
await client.query("", []);
await client.query({ text: "-- by Parse", values: [] , name: "nothing" });
// Cursors.
await client.query("BEGIN");
for (const amount of [7, 100]) {
  const cursor = client.query(new Cursor("SELECT a FROM t WHERE a >= $1 ORDER BY a", [0]));
  while ((await cursor.read(amount)).length > 0);
  await cursor.close();
}
const closed = client.query(new Cursor("SELECT a FROM t ORDER BY a"));
await closed.read(3);
await closed.close();
await client.query("COMMIT");
// COPY.
await pipeline(Readable.from([...Array(50).keys()].map((i) => `${100 + i}\tcopied\n`)), client.query(copy.from("COPY t FROM STDIN")));
for await (const _ of client.query(copy.to("COPY t TO STDOUT")));
await expect("23505", pipeline(Readable.from(["100\tagain\n"]), client.query(copy.from("COPY t FROM STDIN"))));
// Failures.
await expect("22012", client.query("SELECT 1/0"));
await expect("22012", client.query("SELECT 1 / $1::int", [0]));
await expect("42601", client.query("SELEC 1"));
await expect("42601", client.query("SELECT 1; SELECT $1", [1]));
await expect("42P01", client.query("SELECT 1; SELECT * FROM nothing; SELECT 2"));
await expect("42P01", client.query("SELECT * FROM nothing WHERE a = $1", [1]));
await expect("22P02", client.query("SELECT a FROM t WHERE a = $1", ["x"]));
await expect("22P02", client.query({ name: "by name", text: "SELECT * FROM t WHERE a <= $1", values: ["x"] }));
await expect("08P01", client.query("SELECT a FROM t WHERE a = $1", [1, 2]));
await expect("23505", client.query("INSERT INTO t VALUES (1)"));
await expect("23505", client.query("INSERT INTO u VALUES (1), (1)"));
await expect("23505", client.query("INSERT INTO u VALUES ($1), (1)", [1]));
await expect("22012", client.query(new Cursor("SELECT 10 / (a - 30) FROM t ORDER BY a", [])).read(500));
await client.query("SET statement_timeout = 100");
await expect("57014", client.query("SELECT pg_sleep($1)", [10]));
await client.query("RESET statement_timeout");
await client.query("DEALLOCATE ALL");
await expect("26000", client.query({ name: "by name", text: "SELECT * FROM t WHERE a <= $1", values: [1] }));
// Transactions, applications.
await client.query("BEGIN");
await client.query("SAVEPOINT s");
await expect("22012", client.query("SELECT 1/0"));
await expect("25P02", client.query("SELECT $1::int", [1]));
await client.query("ROLLBACK TO s; RELEASE s");
await client.query("INSERT INTO u VALUES (1), (1)");
await expect("23505", client.query("COMMIT"));
for (const application of ["one", "two; three"]) {
  await client.query(`SET application_name = '${application}'`);
  await client.query("SELECT $1::text", [application]);
}
await client.query("LISTEN channel");
await client.query("NOTIFY channel, 'x'");
for (const text of ["EXPLAIN SELECT 1", "SHOW work_mem", "ANALYZE t", "VACUUM t", "CREATE TABLE v AS SELECT * FROM t", "DROP TABLE v"])
  await client.query({ text, values: [], queryMode: "extended" });
// Terminated, gone in the middle, and a pool.
client.on("error", () => {});
const pid = client.processID;
const sleeping = client.query("SELECT pg_sleep($1)", [200]).catch(() => {});
await sleeps(pid);
await other.query("SELECT pg_cancel_backend($1)", [pid]);
await sleeping;
const again = client.query("SELECT pg_sleep(300)").catch(() => {});
await sleeps(pid);
await other.query("SELECT pg_terminate_backend($1)", [pid]);
await again;
await isGone(pid);
client = new pg.Client({});
await client.connect();
client.on("error", () => {});
await client.query("BEGIN");
await client.query("INSERT INTO t VALUES ($1)", [1000]);
client.connection.stream.destroy();
await isGone(client.processID);
const pool = new pg.Pool({ max: 2, application_name: "pool" });
await Promise.all([...Array(10).keys()].map((i) => pool.query("SELECT $1::int", [i])));
await pool.end();
await other.end();
