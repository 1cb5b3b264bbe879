// Covers format/postgres/process_title.h: every kind of process, with and without a cluster's name.
#include "format/postgres/process_title.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

// "client backend | shop | alice | [local]"; "-" for what is missing.
std::string read(std::string_view title) {
  const ProcessIdentity identity = parse_process_title(title);
  return identity.backend_type.value_or("-") + " | " + identity.database.value_or("-") + " | " +
         identity.user.value_or("-") + " | " + identity.client.value_or("-");
}

struct Kind {
  const char* title;  // without "postgres: "
  const char* identity;
};

class ProcessTitle : public testing::TestWithParam<Kind> {};

TEST_P(ProcessTitle, IsRead) {
  EXPECT_EQ(read(std::string("postgres: ") + GetParam().title), GetParam().identity);
}

TEST_P(ProcessTitle, IsReadBehindAClustersName) {
  EXPECT_EQ(read(std::string("postgres: 15/main: ") + GetParam().title), GetParam().identity);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ProcessTitle,
    testing::Values(
        Kind{"alice shop [local] idle", "client backend | shop | alice | [local]"},
        Kind{"alice shop [local]", "client backend | shop | alice | [local]"},
        Kind{"alice shop 10.0.0.1(4711) SELECT", "client backend | shop | alice | 10.0.0.1(4711)"},
        Kind{"alice shop ::1(4711) idle in transaction",
             "client backend | shop | alice | ::1(4711)"},
        Kind{"alice shop [local] UPDATE waiting", "client backend | shop | alice | [local]"},
        Kind{"checkpointer", "checkpointer | - | - | -"},
        Kind{"checkpointer ", "checkpointer | - | - | -"},
        Kind{"background writer", "background writer | - | - | -"},
        Kind{"walwriter", "walwriter | - | - | -"},
        Kind{"autovacuum launcher", "autovacuum launcher | - | - | -"},
        Kind{"autovacuum worker shop", "autovacuum worker | shop | - | -"},
        Kind{"autovacuum worker", "autovacuum worker | - | - | -"},
        Kind{"stats collector", "stats collector | - | - | -"},
        Kind{"logger", "logger | - | - | -"},
        Kind{"archiver last was 000000010000000000000001", "archiver | - | - | -"},
        Kind{"startup recovering 000000010000000000000001", "startup | - | - | -"},
        Kind{"walreceiver streaming 0/3000148", "walreceiver | - | - | -"},
        Kind{"walsummarizer", "walsummarizer | - | - | -"},
        Kind{"slotsync worker", "slotsync worker | - | - | -"},
        Kind{"io worker 0", "io worker | - | - | -"},
        Kind{"parallel worker for PID 4711", "parallel worker | - | - | -"},
        Kind{"logical replication launcher", "logical replication launcher | - | - | -"},
        Kind{"logical replication worker for subscription 16394",
             "logical replication worker | - | - | -"},
        Kind{"logical replication apply worker for subscription 16394",
             "logical replication worker | - | - | -"}));

TEST(ProcessTitleOfAWalsender, SaysUserAndClient) {
  EXPECT_EQ(read("postgres: walsender replicator 10.0.0.1(4711) streaming 0/3000060"),
            "walsender | - | replicator | 10.0.0.1(4711)");
}

TEST(ProcessTitleOfAClient, IsNotThatOfTheProcessItIsCalledLike) {
  EXPECT_EQ(read("postgres: checkpointer shop [local] idle"),
            "client backend | shop | checkpointer | [local]");
  EXPECT_EQ(read("postgres: 15/main: startup shop 10.0.0.1(4711) SELECT"),
            "client backend | shop | startup | 10.0.0.1(4711)");
}

TEST(IdentityOfAProcess, IsWhatIsKnownAndElseWhatTheTitleSays) {
  const std::string title = "postgres: walsender rep [local]";
  EXPECT_EQ(identity_of(std::nullopt, title).user, "rep");
  const ProcessIdentity known =
      identity_of(ProcessWho{"client backend", "rep", "walsender", "[local]"}, title);
  EXPECT_EQ(known.backend_type, "client backend");
  EXPECT_EQ(known.database, "rep");
  EXPECT_EQ(known.user, "walsender");
  EXPECT_EQ(identity_of(ProcessWho{"checkpointer", "", "", ""}, title).client, std::nullopt);
  const std::string worker = "postgres: parallel worker for PID 7";
  EXPECT_EQ(identity_of(ProcessWho{"parallel worker", "", "", ""}, worker).leader_pid, 7u);
  EXPECT_EQ(identity_of(ProcessWho{"client backend", "", "", ""}, worker).leader_pid, std::nullopt);
}

TEST(ProcessTitleOfAParallelWorker, SaysItsLeader) {
  EXPECT_EQ(parse_process_title("postgres: parallel worker for PID 4711").leader_pid, 4711u);
  EXPECT_EQ(parse_process_title("postgres: 15/main: parallel worker for PID 4711 ").leader_pid,
            4711u);
  for (const char* none :
       {"postgres: parallel worker", "postgres: parallel worker for PID x",
        "postgres: parallel worker for PID 4711x", "postgres: parallel worker for PID 99999999999",
        "postgres: alice for PID 4711"})
    EXPECT_EQ(parse_process_title(none).leader_pid, std::nullopt) << none;
}

TEST(ProcessTitleWithoutAnswer, IsNoPostgres) {
  EXPECT_EQ(read("bash"), "- | - | - | -");
}

TEST(ProcessTitleWithoutAnswer, IsThePostmaster) {
  EXPECT_EQ(read("/usr/lib/postgresql/15/bin/postgres -D /data"), "- | - | - | -");
}

TEST(ProcessTitleWithoutAnswer, IsEmpty) {
  EXPECT_EQ(read(""), "- | - | - | -");
  EXPECT_EQ(read("postgres: "), "- | - | - | -");
}

TEST(ProcessTitleWithoutAnswer, HasABlankInTheUsersName) {
  EXPECT_EQ(read("postgres: alice b shop [local] idle"), "- | - | - | -");
}

TEST(ProcessTitleWithoutAnswer, BeginsLikeAKind) {
  EXPECT_EQ(read("postgres: checkpointers"), "- | - | - | -");
}

}  // namespace
}  // namespace pgrec
