// What PostgreSQL's JDBC driver sends: Parse, Bind and Execute in one go, named from the fifth time on; fetch sizes, batches,
// COPY, functions through the fast path, and the simple protocol where it is asked to.
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PreferQueryMode;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

class JdbcClient {
  interface Action {
    void run() throws Exception;
  }

  static Connection other;
  static boolean timedOut;

  static Connection connected(String application, String... more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "client");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("ApplicationName", application);
    for (int i = 0; i < more.length; i += 2) properties.setProperty(more[i], more[i + 1]);
    return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + System.getenv("TAP_PORT") + "/postgres", properties);
  }

  static void expect(String state, Action action) throws Exception {
    try {
      action.run();
    } catch (SQLException e) {
      if (state.equals(e.getSQLState())) return;
      throw e;
    }
    throw new Exception("did not fail with " + state);
  }

  static void until(int pid, String condition, boolean there) throws Exception {
    try (PreparedStatement s = other.prepareStatement("SELECT 1 FROM pg_stat_activity WHERE pid = ? AND " + condition)) {
      s.setInt(1, pid);
      while (s.executeQuery().next() != there) Thread.sleep(20);
    }
  }

  static int pidOf(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID();
  }

  static int rowsOf(ResultSet result) throws SQLException {
    int rows = 0;
    while (result.next()) rows++;
    return rows;
  }

  static void statements(Connection c) throws Exception {
    Statement s = c.createStatement();
    s.execute("DROP TABLE IF EXISTS t, u");
    s.execute("CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
    s.execute("SELECT 1; SELECT 'a;b'; /* ; */ INSERT INTO t VALUES (1, 'x'), (2, 'y'); -- done");
    s.execute("SELECT count(*) FROM t -- behind it");
    for (String text : new String[] {"", ";", "-- only a comment"}) s.execute(text);
    PreparedStatement insert = c.prepareStatement("INSERT INTO t VALUES (?, ?)");
    PreparedStatement select = c.prepareStatement("SELECT * FROM t WHERE a <= ?");
    for (int i = 10; i < 18; i++) {
      insert.setInt(1, i);
      insert.setString(2, "it's; größer 猫");
      insert.executeUpdate();
      select.setInt(1, i);
      rowsOf(select.executeQuery());
    }
    select.setMaxRows(3);
    rowsOf(select.executeQuery());
    for (int i = 20; i < 40; i++) {
      insert.setInt(1, i);
      insert.setString(2, "batch");
      insert.addBatch();
    }
    insert.executeBatch();
    s.addBatch("UPDATE t SET b = 'z' WHERE a < 15");
    s.addBatch("DELETE FROM t WHERE a = 10");
    s.executeBatch();
    PreparedStatement keys = c.prepareStatement("INSERT INTO t VALUES (?, 'key')", Statement.RETURN_GENERATED_KEYS);
    keys.setInt(1, 50);
    keys.executeUpdate();
    keys.getGeneratedKeys().next();
    ResultSet updatable = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)
        .executeQuery("SELECT a, b FROM t WHERE a > 30");
    updatable.next();
    updatable.updateString(2, "updated");
    updatable.updateRow();
    if (c.unwrap(PGConnection.class).getPreferQueryMode() == PreferQueryMode.EXTENDED) {
      s.execute("CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'");
      CallableStatement call = c.prepareCall("{ ? = call twice(?) }");
      call.registerOutParameter(1, Types.INTEGER);
      call.setInt(2, 21);
      call.execute();
      s.execute("DROP FUNCTION twice");
    }
    Array array = c.createArrayOf("int", new Integer[] {1, 2, 3});
    PreparedStatement any = c.prepareStatement("SELECT a FROM t WHERE a = ANY (?)");
    any.setArray(1, array);
    rowsOf(any.executeQuery());
    c.getMetaData().getColumns(null, "public", "t", null);
    c.isValid(1);
    for (String application : new String[] {"one", "two; three"}) {
      c.setClientInfo("ApplicationName", application);
      s.execute("SELECT 'of it'");
    }
    for (String text : new String[] {"EXPLAIN SELECT 1", "SHOW work_mem", "ANALYZE t", "VACUUM t", "LISTEN channel", "NOTIFY channel, 'x'",
                                     "CREATE TABLE v AS SELECT * FROM t", "DROP TABLE v", "DISCARD PLANS"}) s.execute(text);
  }

  static void failures(Connection c) throws Exception {
    Statement s = c.createStatement();
    expect("22012", () -> s.execute("SELECT 1/0"));
    expect("42601", () -> s.execute("SELEC 1"));
    expect("42P01", () -> s.execute("SELECT 1; SELECT * FROM nothing; SELECT 2"));
    expect("22012", () -> s.execute("SELECT 10 / (a - 15) FROM t ORDER BY a; SELECT 3"));
    PreparedStatement divide = c.prepareStatement("SELECT 1 / ?::int");
    divide.setString(1, "x");
    expect("22P02", () -> divide.execute());
    divide.setInt(1, 0);
    expect("22012", () -> divide.execute());
    expect("23505", () -> s.execute("INSERT INTO t VALUES (11)"));
    expect("23505", () -> s.execute("INSERT INTO u VALUES (1), (1)"));
    PreparedStatement insert = c.prepareStatement("INSERT INTO t VALUES (?)");
    for (int i : new int[] {60, 61, 11, 62}) {
      insert.setInt(1, i);
      insert.addBatch();
    }
    expect("23505", () -> insert.executeBatch());
    if (!timedOut) {
      timedOut = true;
      s.setQueryTimeout(1);
      expect("57014", () -> s.execute("SELECT pg_sleep(100)"));
      s.setQueryTimeout(0);
    }
    s.execute("SET statement_timeout = 100");
    expect("57014", () -> s.execute("SELECT pg_sleep(10)"));
    s.execute("RESET statement_timeout");
  }

  static void transactions(Connection c) throws Exception {
    c.setAutoCommit(false);
    PreparedStatement all = c.prepareStatement("SELECT a FROM t ORDER BY a");
    all.setFetchSize(7);
    rowsOf(all.executeQuery());
    ResultSet left = all.executeQuery();
    left.next();
    left.close();
    Savepoint point = c.setSavepoint("s");
    expect("22012", () -> c.createStatement().execute("SELECT 1/0"));
    if (c.unwrap(PGConnection.class).getAutosave() == AutoSave.NEVER) expect("25P02", () -> c.createStatement().execute("SELECT 1"));
    c.rollback(point);
    c.releaseSavepoint(point);
    PreparedStatement fails = c.prepareStatement("SELECT 10 / (a - 30) FROM t ORDER BY a");
    fails.setFetchSize(5);
    expect("22012", () -> rowsOf(fails.executeQuery()));
    c.rollback();
    c.createStatement().execute("INSERT INTO u VALUES (1), (1)");
    expect("23505", () -> c.commit());
    LargeObjectManager objects = c.unwrap(PGConnection.class).getLargeObjectAPI();
    long oid = objects.createLO();
    LargeObject object = objects.open(oid);
    object.write(new byte[1000]);
    object.close();
    objects.delete(oid);
    c.commit();
    c.setAutoCommit(true);
    c.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY t FROM STDIN", new StringReader("100\tx\n101\ty\n"));
    c.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY t TO STDOUT", new ByteArrayOutputStream());
    expect("23505", () -> c.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY t FROM STDIN", new StringReader("100\tx\n")));
    c.setAutoCommit(false);
    c.setReadOnly(true);
    expect("25006", () -> c.createStatement().execute("DELETE FROM t"));
    c.rollback();
    c.setReadOnly(false);
    c.setAutoCommit(true);
  }

  static void ends(Connection c) throws Exception {
    int pid = pidOf(c);
    Statement sleeping = c.createStatement();
    Thread thread = new Thread(() -> {
      try {
        until(pid, "wait_event = 'PgSleep'", true);
        sleeping.cancel();
      } catch (Exception e) {
        e.printStackTrace();
      }
    });
    thread.start();
    expect("57014", () -> sleeping.execute("SELECT pg_sleep(200)"));
    thread.join();
    c.setAutoCommit(false);
    c.createStatement().execute("INSERT INTO t VALUES (1000)");
    c.close();
    until(pid, "true", false);
  }

  public static void main(String[] arguments) throws Exception {
    other = connected("other");
    Connection c = connected("jdbc");
    statements(c);
    failures(c);
    transactions(c);
    ends(c);
    // The same in other ways to send it.
    for (String[] more : new String[][] {{"preferQueryMode", "simple"}, {"preferQueryMode", "extendedForPrepared"},
                                         {"prepareThreshold", "1", "binaryTransfer", "true", "reWriteBatchedInserts", "true"},
                                         {"autosave", "always"}}) {
      c = connected(String.join(" ", more).substring(0, 15), more);
      statements(c);
      failures(c);
      if (!more[1].equals("simple")) transactions(c);
      ends(c);
    }
    other.close();
  }
}
