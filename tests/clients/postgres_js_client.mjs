// What postgres.js sends: everything in pipelines, statements that it prepares by itself, cursors, COPY as streams.
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";

const path = `${process.env.PGHOST}/.s.PGSQL.5432`;
const options = { path, user: "client", database: "postgres", max: 1, onnotice: () => {} };
const other = postgres({ ...options, connection: { application_name: "other" } });

async function expect(code, promise) {
  const failure = await promise.then(() => ({ code: "none" }), (error) => error);
  if (failure.code !== code) throw new Error(`${failure.code} and not ${code}: ${failure.message}`);
}

async function until(found, text, pid) {
  while ((await other.unsafe(text, [pid])).length > 0 !== found) await new Promise((go) => setTimeout(go, 20));
}
const sleeps = (pid) => until(true, "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", pid);
const isGone = (pid) => until(false, "SELECT 1 FROM pg_stat_activity WHERE pid = $1", pid);

let sql = postgres({ ...options, connection: { application_name: "postgres_js" } });
await sql`DROP TABLE IF EXISTS t, u`;
await sql`CREATE TABLE t (a int PRIMARY KEY, b text)`;
await sql`CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)`;
// Prepared once and used again, dynamic, many in one pipeline, unprepared, described only.
for (let i = 0; i < 3; i++) {
  await sql`INSERT INTO t VALUES (${i}, ${"it's; größer 猫"})`;
  await sql`SELECT * FROM t WHERE a <= ${i}`;
}
await sql`INSERT INTO t ${sql([20, 21, 22].map((a) => ({ a, b: "rows" })))}`;
await sql`UPDATE t SET ${sql({ b: "set" })} WHERE a IN ${sql([20, 21])} RETURNING a`;
await Promise.all([...Array(10).keys()].map((i) => sql`SELECT ${i}::int AS pipelined`));
await sql.unsafe("SELECT 1; SELECT 'a;b'; /* ; */ INSERT INTO t VALUES (30), (31) RETURNING a; -- done").simple();
await sql.unsafe("SELECT $1::int", [1]);
await sql.unsafe("SELECT $1::text", ["prepared"], { prepare: true });
await sql`SELECT a FROM t WHERE a > ${1}`.describe();
await sql`SELECT a FROM t`.values();
for (const text of ["", ";", "-- only a comment"]) await sql.unsafe(text);
await sql.unsafe("/* by Parse */", [], { prepare: true });
await sql`INSERT INTO t SELECT g, 'many' FROM generate_series(40, 79) g`;
// Cursors, and one that is left early.
await sql`SELECT a FROM t ORDER BY a`.cursor(7, () => {});
for await (const _ of sql`SELECT a FROM t WHERE a > ${5} ORDER BY a`.cursor(10));
for await (const _ of sql`SELECT a FROM t ORDER BY a`.cursor(4)) break;
await sql`SELECT a FROM t ORDER BY a`.forEach(() => {});
// COPY.
await pipeline(Readable.from([...Array(50).keys()].map((i) => `${100 + i}\tcopied\n`)), await sql`COPY t FROM STDIN`.writable());
await pipeline(await sql`COPY t TO STDOUT`.readable(), new Writable({ write: (_chunk, _encoding, done) => done() }));
// Failures; in a pipeline each has its own Sync.
await expect("22012", sql`SELECT 1/0`);
await expect("22012", sql`SELECT 1 / ${0}::int`);
await expect("42601", sql`SELEC ${1}`);
await expect("42601", sql.unsafe("SELEC 1"));
await expect("42601", sql`SELECT 1; SELECT ${2}::int`);
await expect("42P01", sql.unsafe("SELECT 1; SELECT * FROM nothing; SELECT 2"));
await expect("42703", sql`SELECT nothing FROM t`);
await expect("22P02", sql.unsafe("SELECT a FROM t WHERE a = $1", ["x"]));
await expect("23505", sql`INSERT INTO t VALUES (1)`);
await expect("23505", sql`INSERT INTO u VALUES (${1}), (1)`);
await expect("23505", sql.unsafe("INSERT INTO u VALUES (1), (1)"));
await expect("22012", sql`SELECT 10 / (a - 50) FROM t ORDER BY a`.cursor(5, () => {}));
await Promise.allSettled([sql`SELECT ${1}::int AS "before"`, sql`SELECT 1 / ${0}::int AS "in it"`, sql`SELECT ${2}::int AS "behind"`]);
await sql`SET statement_timeout = 100`;
await expect("57014", sql`SELECT pg_sleep(${10})`);
await sql`RESET statement_timeout`;
// Transactions, savepoints, a failed commit, applications, channels.
await sql.begin(async (in_it) => {
  await in_it`INSERT INTO t VALUES (${500}, 'x')`;
  await in_it.savepoint((s) => s`SELECT 1/0`).catch(() => {});
  await in_it`SELECT 'goes on'`;
});
await expect("22012", sql.begin((in_it) => [in_it`SELECT 1`, in_it`SELECT 1/0`, in_it`SELECT 2`]));
await expect("23505", sql.begin((in_it) => in_it`INSERT INTO u VALUES (1), (1)`));
await sql.begin("ISOLATION LEVEL SERIALIZABLE READ ONLY", (in_it) => in_it`SELECT count(*) FROM t`);
for (const application of ["one", "two; three"]) {
  await sql.unsafe(`SET application_name = '${application}'`);
  await sql`SELECT ${application}::text`;
}
const listening = await sql.listen("channel", () => {});
await sql.notify("channel", "x");
await listening.unlisten();
for (const text of ["EXPLAIN SELECT 1", "SHOW work_mem", "ANALYZE t", "VACUUM t", "CREATE TABLE v AS SELECT * FROM t", "DROP TABLE v"])
  await sql.unsafe(text, [], { prepare: true });
// Cancelled, terminated, gone in the middle; each in a session of its own, as its cancelling may come twice.
async function asleep(seconds) {
  const [{ pid }] = await sql`SELECT pg_backend_pid() AS pid`;
  const sleeping = sql`SELECT pg_sleep(${seconds})`;
  const ended = sleeping.then(() => ({ code: "none" }), (error) => error);
  await sleeps(pid);
  return { pid, sleeping, ended };
}
const cancelled = await asleep(100);
await cancelled.sleeping.cancel();
await expect("57014", cancelled.ended.then((error) => Promise.reject(error)));
await sql.end({ timeout: 0 });
sql = postgres(options);
const terminated = await asleep(200);
await other`SELECT pg_terminate_backend(${terminated.pid})`;
await terminated.ended;
await isGone(terminated.pid);
await sql.end({ timeout: 0 });
sql = postgres(options);
let left;
const begun = new Promise((go) => {
  sql.begin(async (in_it) => {
    [{ pid: left }] = await in_it`SELECT pg_backend_pid() AS pid`;
    go();
    await new Promise(() => {});
  }).catch(() => {});
});
await begun;
await sql.end({ timeout: 0 });
await isGone(left);
await other.end();
