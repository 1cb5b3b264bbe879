# What DBD::Pg sends: both protocols, statements prepared by the server or not, COPY, large objects, asynchronous queries.
use strict;
use warnings;
use utf8;
use DBI;
use DBD::Pg qw(:async :pg_types);

my $other = DBI->connect("dbi:Pg:application_name=other", "", "", { RaiseError => 1, PrintError => 0 });

sub connected {
    my ($application, %more) = @_;
    return DBI->connect("dbi:Pg:application_name=$application", "", "",
        { RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, pg_enable_utf8 => 1, %more });
}

# expect SQLSTATE, CODE: it fails with that
sub expect {
    my ($state, $code) = @_;
    die "did not fail with $state" if eval { $code->(); 1 };
    my $got = $DBI::state;
    die "failed with $got and not with $state: $@" if $got ne $state;
}

sub wait_for {
    my ($pid, $condition) = @_;
    select(undef, undef, undef, 0.02)
        until $other->selectrow_array("SELECT count(*) FROM pg_stat_activity WHERE pid = ? AND $condition", undef, $pid);
}

sub wait_until_gone {
    my ($pid) = @_;
    select(undef, undef, undef, 0.02) while $other->selectrow_array("SELECT 1 FROM pg_stat_activity WHERE pid = ?", undef, $pid);
}

my $db = connected("dbd_pg");
$db->do("DROP TABLE IF EXISTS t, u");
$db->do("CREATE TABLE t (a int PRIMARY KEY, b text)");
$db->do("CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");

# One statement in each of its ways to send it.
for my $way ({}, { pg_server_prepare => 0 }, { pg_server_prepare => 1, pg_switch_prepared => 1 }, { pg_direct => 1 }) {
    my $select = $db->prepare("SELECT a, b FROM t WHERE a >= 0 ORDER BY a", $way);
    $select->execute, $select->fetchall_arrayref for 1 .. 3;
    next if $way->{pg_direct};
    my $insert = $db->prepare("INSERT INTO t VALUES (?, ?)", $way);
    $insert->execute($_, "it's; $_ größer 猫") for $db->selectrow_array("SELECT coalesce(max(a), 0) + 1 FROM t");
    my $numbered = $db->prepare('SELECT $1::int + $2::int -- $3; ?', $way);
    $numbered->execute($_, 2) for 1 .. 3;
    my $named = $db->prepare("SELECT :one::text, ':two'", $way);
    $named->bind_param(":one", "x");
    $named->execute;
}
$db->do("INSERT INTO t VALUES (?, ?)", undef, $_, "done") for 20 .. 25;
$db->selectall_arrayref("SELECT * FROM t WHERE a < ?", { Slice => {} }, 22);
my $array = $db->prepare("INSERT INTO t VALUES (?, ?)");
$array->execute_array({ ArrayTupleStatus => [] }, [30 .. 39], "array");
$db->do("SELECT 1; SELECT 'a;b'; /* ; */ UPDATE t SET b = 'z' WHERE a > 35; -- done");
$db->do($_) for "", ";", "-- only a comment";
my $cursor = $db->prepare("SELECT * FROM t", { pg_server_prepare => 0 });
$cursor->execute;
$cursor->fetchrow_array;
$cursor->finish;
my $placeholders = $db->prepare('SELECT a FROM t WHERE b \? ?', { pg_placeholder_dollaronly => 0 });
expect("42883", sub { $placeholders->execute("x") });

# Failures, and what fails in a transaction that has failed.
expect("22012", sub { $db->do("SELECT 1/0") });
expect("22012", sub { $db->selectall_arrayref("SELECT 1 / ?::int", undef, 0) });
expect("42601", sub { $db->do("SELEC 1") });
expect("42601", sub { $db->selectall_arrayref("SELEC ?", undef, 1) });
expect("42601", sub { $db->selectall_arrayref("SELECT 1; SELECT ?", undef, 1) });
expect("42P01", sub { $db->do("SELECT 1; SELECT * FROM nothing; SELECT 2") });
expect("22P02", sub { $db->selectall_arrayref("SELECT a FROM t WHERE a = ?", undef, "x") });
expect("23505", sub { $db->do("INSERT INTO t VALUES (20)") });
expect("23505", sub { $db->do("INSERT INTO u VALUES (1), (1)") });
expect("23505", sub { $db->do("INSERT INTO u VALUES (?), (1)", undef, 1) });
$db->do("SET statement_timeout = 100");
expect("57014", sub { $db->do("SELECT pg_sleep(10)") });
$db->do("RESET statement_timeout");
$db->begin_work;
$db->do("INSERT INTO t VALUES (?)", undef, 50);
$db->pg_savepoint("s");
expect("22012", sub { $db->do("SELECT 1/0") });
expect("25P02", sub { $db->selectrow_array("SELECT ?::int", undef, 1) });
$db->pg_rollback_to("s");
$db->pg_release("s");
$db->commit;
$db->begin_work;
$db->do("INSERT INTO u VALUES (1), (1)");
expect("23505", sub { $db->commit });
{
    local $db->{AutoCommit} = 0;
    $db->do("UPDATE t SET b = ?", undef, "rolled back");
    $db->do("DECLARE c CURSOR FOR SELECT a FROM t ORDER BY a");
    $db->selectall_arrayref("FETCH 5 FROM c");
    $db->do("MOVE 2 FROM c");
    $db->do("CLOSE c");
    $db->rollback;
}

# COPY, and large objects through the fast path.
$db->do("COPY t FROM STDIN");
$db->pg_putcopydata("$_\tcopied\n") for 100 .. 149;
$db->pg_putcopyend;
$db->do("COPY (SELECT * FROM t WHERE a > 100) TO STDOUT");
my $line;
1 while $db->pg_getcopydata($line) >= 0;
$db->do("COPY t FROM STDIN");
$db->pg_putcopydata("100\tagain\n");
expect("23505", sub { $db->pg_putcopyend });
$db->begin_work;
my $large = $db->pg_lo_creat($db->{pg_INV_WRITE});
my $descriptor = $db->pg_lo_open($large, $db->{pg_INV_WRITE});
$db->pg_lo_write($descriptor, "x" x 1000, 1000);
$db->pg_lo_lseek($descriptor, 0, 0);
$db->pg_lo_close($descriptor);
$db->pg_lo_unlink($large);
$db->commit;

# What asks the catalogs, what is not planned, and applications between.
$db->tables(undef, "public", "t", "TABLE");
$db->primary_key(undef, "public", "t");
$db->last_insert_id(undef, undef, undef, undef, { sequence => "s" }) if eval { $db->do("CREATE SEQUENCE s"); $db->do("SELECT nextval('s')") };
$db->ping;
$db->pg_ping;
$db->do("LISTEN channel");
$db->do("NOTIFY channel, 'x'");
$db->pg_notifies;
for my $application ("one", "two; three") {
    $db->do("SET application_name = " . $db->quote($application));
    $db->selectrow_array("SELECT ?::text", undef, $application);
}
$db->do($_) for "EXPLAIN SELECT 1", "SHOW work_mem", "ANALYZE t", "CREATE TABLE v AS SELECT * FROM t", "DROP TABLE v",
    "DO 'BEGIN RAISE NOTICE ''x''; END'", "VACUUM t", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE ALL";

# Asynchronous, cancelled, terminated, and gone in the middle.
my $async = $db->prepare("SELECT pg_sleep(?), 1", { pg_async => PG_ASYNC });
$async->execute(0.1);
$async->pg_result;
$async->execute(100);
wait_for($db->{pg_pid}, "wait_event = 'PgSleep'");
$db->pg_cancel;
my $pid = $db->{pg_pid};
my $waiting = $db->prepare("SELECT pg_sleep(200)", { pg_async => PG_ASYNC });
$waiting->execute;
wait_for($pid, "wait_event = 'PgSleep'");
$other->do("SELECT pg_terminate_backend(?)", undef, $pid);
eval { $waiting->pg_result };
wait_until_gone($pid);
$db = connected("gone", AutoCommit => 0);
$pid = $db->{pg_pid};
$db->do("INSERT INTO t VALUES (1000)");
$db->disconnect;
wait_until_gone($pid);
$other->disconnect;
