// Covers record/server/process_identity.h: what a process's memory says is believed where its title
// says the same, whatever stands in the names.
#include "record/server/process_identity.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "record/binary/elf_image.h"

// This test program is read like a server. Named as in PostgreSQL, but for the prefix.
extern "C" {
std::uint32_t pgrec_test_backend_type = 3;
std::uint32_t pgrec_test_login = 10;
struct {
  char space[328];
  const char* database;
  const char* user;
} pgrec_test_port = {{}, "my shop", "al ice"};
const void* pgrec_test_port_pointer = &pgrec_test_port;
const char* pgrec_test_application = "psql";
}

namespace pgrec {
namespace {

constexpr std::uint32_t kBackend15 = 3, kWalsender15 = 9, kWorker15 = 4, kAutovacuum15 = 2,
                        kCheckpointer15 = 6;

wire_identity identity(std::uint32_t type, const std::string& title) {
  wire_identity made{};
  made.major = 15;
  made.backend_type = type;
  std::strncpy(made.title, title.c_str(), sizeof made.title - 1);
  return made;
}

wire_identity client(const std::string& user, const std::string& database, const std::string& title,
                     std::uint32_t type = kBackend15) {
  wire_identity made = identity(type, title);
  made.has_client = 1;
  std::strncpy(made.user_name, user.c_str(), sizeof made.user_name - 1);
  std::strncpy(made.database_name, database.c_str(), sizeof made.database_name - 1);
  return made;
}

std::string text(const std::optional<ProcessWho>& who) {
  if (!who) return "not known";
  return who->backend_type + " | " + who->database + " | " + who->user + " | " + who->client;
}

TEST(IdentityOfAClient, HoldsWhateverStandsInItsNames) {
  for (const char* user : {"alice", "al ice", "checkpointer", "walsender rep", "a: b", "[local]",
                           "autovacuum worker", "x(5)", "15/main: checkpointer"}) {
    for (const char* database : {"shop", "my shop", "[local]", "a: b", "for PID 7"}) {
      for (const std::string cluster : {"", "15/main: ", "a b: "}) {
        const std::string expected =
            std::string("client backend | ") + database + " | " + user + " | 10.0.0.1(4711)";
        const std::string title =
            "postgres: " + cluster + user + " " + database + " 10.0.0.1(4711)";
        EXPECT_EQ(text(identify(client(user, database, title))), expected);
        EXPECT_EQ(text(identify(client(user, database, title + " SELECT waiting"))), expected);
      }
    }
  }
}

TEST(IdentityOfAClient, IsNotBelievedWhereItsTitleSaysOtherwise) {
  const char* const title = "postgres: alice shop [local] idle";
  EXPECT_EQ(text(identify(client("alice", "shop", title))),
            "client backend | shop | alice | [local]");
  EXPECT_EQ(text(identify(client("alic", "shop", title))), "not known");
  EXPECT_EQ(text(identify(client("alice", "shopping", title))), "not known");
  EXPECT_EQ(text(identify(client("lice", "shop", title))), "not known");
  EXPECT_EQ(text(identify(client("", "", title))), "not known");
  EXPECT_EQ(text(identify(client("alice", "shop", ""))), "not known");
  EXPECT_EQ(text(identify(client("alice", "shop", "bash"))), "not known");
}

TEST(IdentityOfAClient, IsKnownWhereItsTitleWasCut) {
  const std::string user(40, 'u'), database(40, 'd');
  const std::string title = "postgres: " + user + " " + database;
  for (const std::size_t bytes : {title.size(), title.size() - 1, std::size_t{10 + 32}})
    EXPECT_EQ(text(identify(client(user, database, title.substr(0, bytes)))),
              "client backend | " + database + " | " + user + " | ");
  EXPECT_EQ(text(identify(client(user, database, title.substr(0, 10 + 31)))), "not known");
}

TEST(IdentityOfAClient, NeedsAClient) {
  wire_identity made = client("alice", "shop", "postgres: alice shop [local]");
  made.has_client = 0;
  EXPECT_EQ(text(identify(made)), "not known");
}

TEST(IdentityOfAWalsender, HasTheDatabaseThatItsTitleLeavesOut) {
  EXPECT_EQ(
      text(identify(client("rep", "shop", "postgres: walsender rep [local] idle", kWalsender15))),
      "walsender | shop | rep | [local]");
  EXPECT_EQ(text(identify(client("rep", "", "postgres: walsender rep [local] idle", kWalsender15))),
            "walsender |  | rep | [local]");
  wire_identity of_18 = client("rep", "shop", "postgres: walsender rep shop 10.0.0.1(5)", 6);
  of_18.major = 18;
  EXPECT_EQ(text(identify(of_18)), "walsender | shop | rep | 10.0.0.1(5)");
}

TEST(IdentityOfAnAutovacuumWorker, HasAllThatFollowsAsItsDatabase) {
  const auto who = [](const std::string& title) {
    return text(identify(identity(kAutovacuum15, title)));
  };
  EXPECT_EQ(who("postgres: autovacuum worker my shop"), "autovacuum worker | my shop |  | ");
  EXPECT_EQ(who("postgres: 15/main: autovacuum worker shop"), "autovacuum worker | shop |  | ");
  EXPECT_EQ(who("postgres: autovacuum worker "), "autovacuum worker |  |  | ");
  // Or waits for a lock in `shop`.
  EXPECT_EQ(who("postgres: autovacuum worker shop waiting"), "autovacuum worker |  |  | ");
  EXPECT_EQ(who("postgres: autovacuum launcher"), "not known");
}

TEST(IdentityOfABackgroundWorker, IsTheTypeThatItWasRegisteredWith) {
  wire_identity made = identity(kWorker15, "postgres: parallel worker for PID 7");
  EXPECT_EQ(text(identify(made)), "not known");
  std::strcpy(made.worker_name, "parallel worker for PID 7");
  EXPECT_EQ(text(identify(made)), "background worker |  |  | ");
  std::strcpy(made.worker_type, "parallel worker");
  EXPECT_EQ(text(identify(made)), "parallel worker |  |  | ");
}

TEST(IdentityOfAProcess, GoesByTheNumbersOfItsVersion) {
  const auto who = [](std::uint32_t major, std::uint32_t type, const char* title) {
    wire_identity made = identity(type, std::string("postgres: ") + title);
    made.major = major;
    return text(identify(made));
  };
  EXPECT_EQ(who(13, 6, "checkpointer"), "checkpointer |  |  | ");
  EXPECT_EQ(who(13, 12, "stats collector"), "stats collector |  |  | ");
  EXPECT_EQ(who(15, 12, "logger"), "logger |  |  | ");
  EXPECT_EQ(who(16, 7, "checkpointer"), "checkpointer |  |  | ");
  EXPECT_EQ(who(17, 10, "checkpointer"), "checkpointer |  |  | ");
  EXPECT_EQ(who(18, 12, "io worker 0"), "io worker |  |  | ");
  EXPECT_EQ(who(18, 10, "checkpointer"), "not known");
  EXPECT_EQ(who(19, 11, "checkpointer"), "not known");
  EXPECT_EQ(who(0, 11, "checkpointer"), "not known");
  EXPECT_EQ(who(15, 99, "checkpointer"), "not known");
  EXPECT_EQ(who(15, 0, "checkpointer"), "not known");
}

TEST(IdentityWithoutNul, EndsWithItsRoom) {
  wire_identity made = identity(kCheckpointer15, "");
  std::fill(std::begin(made.title), std::end(made.title), 'x');
  EXPECT_EQ(identify(made), std::nullopt);
}

TEST(ClientWithTitle, IsAClientWhateverItIsCalled) {
  EXPECT_EQ(client_with_title("postgres: alice shop [local]"),
            (ProcessWho{"client backend", "shop", "alice", "[local]"}));
  EXPECT_EQ(client_with_title("postgres: checkpointer my db [local]"),
            ProcessWho{"client backend"});
  EXPECT_EQ(client_with_title("postgres: walsender rep [local]").backend_type, "walsender");
}

TEST(ReadIdentity, IsWhatTheMemoryOfTheProcessSays) {
  const ElfImage image = read_elf("/proc/self/exe");
  const auto address_of = [&](const char* name) {
    return image.find_variable(name).value().address;
  };
  wire_server server{};
  server.major = 15;
  server.client = address_of("pgrec_test_port_pointer");
  server.backend_type = address_of("pgrec_test_backend_type");
  server.login = server.user = server.session_user = address_of("pgrec_test_login");
  server.application = address_of("pgrec_test_application");
  server.database_name_at = 328;
  server.user_name_at = 336;
  const auto pid = static_cast<std::uint32_t>(::getpid());
  const wire_identity found =
      read_identity(pid, ProcessMemory(pid), load_bias(pid, image).value(), server);
  EXPECT_EQ(found.major, 15u);
  EXPECT_EQ(found.backend_type, 3u);
  EXPECT_EQ(found.login, 10u);
  EXPECT_EQ(found.users.user, 10u);
  EXPECT_EQ(found.has_client, 1u);
  EXPECT_STREQ(found.user_name, "al ice");
  EXPECT_STREQ(found.database_name, "my shop");
  EXPECT_STREQ(found.application, "psql");
  EXPECT_STREQ(found.worker_name, "");
  EXPECT_NE(std::string(found.title), "");
  EXPECT_EQ(identify(found), std::nullopt);  // its title says nothing of that
}

TEST(ReadIdentity, IsEmptyWhereTheBuildDoesNotTell) {
  const wire_identity found = read_identity(1, ProcessMemory(1), 0, wire_server{});
  EXPECT_EQ(found.backend_type, 0u);
  EXPECT_EQ(found.has_client, 0u);
  EXPECT_STREQ(found.user_name, "");
}

}  // namespace
}  // namespace pgrec
