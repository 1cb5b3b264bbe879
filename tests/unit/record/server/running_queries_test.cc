// Covers record/server/running_queries.h: this test program has variables of a server, and is read
// like one.
#include "record/server/running_queries.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <ctime>

// Named as in PostgreSQL. Not constant, so that they stand in memory; those without a value here
// are in tests/unit/record/recording/server_processes_test.cc.
extern "C" {
extern std::uint64_t MyProcPort;
extern const char* debug_query_string;
extern const char* application_name;
const void* MyBEEntry = nullptr;
std::array<std::uint64_t, 10> pgrec_test_buffer_usage = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
std::array<std::uint64_t, 3> pgrec_test_wal_usage = {11, 12, 13};
}

namespace pgrec {
namespace {

// As PgBackendStatus begins; times in us since 2000.
struct BackendStatus {
  std::int32_t change_count = 0;
  std::int32_t pid = 0;
  std::int32_t backend_type = 0;
  std::int64_t process_began_us = 0, transaction_began_us = 0, activity_began_us = 0;
  std::int64_t state_began_us = 0;
  std::array<std::uint32_t, 46> others{};
  std::uint32_t state = 0;
};
static_assert(offsetof(BackendStatus, state) == 232);

class RunningQueries : public testing::Test {
 protected:
  RunningQueries() {
    hooks_.major = 15;
    hooks_.server.client = address_of("MyProcPort");
    hooks_.server.buffer_usage = address_of("pgrec_test_buffer_usage");
    hooks_.server.wal_usage = address_of("pgrec_test_wal_usage");
    MyProcPort = 1;
    debug_query_string = "SELECT 1";
    application_name = "psql";
    status_.pid = ::getpid();
    status_.process_began_us = now_us() - 100'000'000;
    status_.activity_began_us = now_us() - 10'000'000;
  }
  ~RunningQueries() override {
    MyBEEntry = nullptr;
    MyProcPort = 0;
    debug_query_string = "SELECT 1";
    application_name = "psql";
  }
  std::uint64_t address_of(const char* variable) const {
    return image_.find_variable(variable).value().address;
  }
  static std::int64_t now_us() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000ll + now.tv_nsec / 1000 - 946'684'800'000'000;
  }
  std::vector<ServerProcess> all(std::size_t most_bytes = 100) const {
    return look_at_processes({static_cast<std::uint32_t>(::getpid())}, image_, hooks_, most_bytes);
  }
  ServerProcess found() const { return all().at(0); }
  std::optional<Duration> running() {
    MyBEEntry = &status_;
    return found().running;
  }

  const ElfImage image_ = read_elf("/proc/self/exe");
  ServerHooks hooks_;
  BackendStatus status_;
};

TEST_F(RunningQueries, HaveTheCountersOfTheirProcess) {
  const ServerProcess process = found();
  EXPECT_EQ(process.usage[WIRE_SHARED_HIT], 1u);
  EXPECT_EQ(process.usage[WIRE_SHARED_WRITTEN], 4u);
  EXPECT_EQ(process.usage[WIRE_TEMP_READ], 9u);  // behind those of local blocks
  EXPECT_EQ(process.usage[WIRE_TEMP_WRITTEN], 10u);
  EXPECT_EQ(process.usage[WIRE_WAL_RECORDS], 11u);
  EXPECT_EQ(process.usage[WIRE_WAL_FPI], 12u);
  EXPECT_EQ(process.usage[WIRE_WAL_BYTES], 13u);
}

TEST_F(RunningQueries, HaveNoCountersWhereTheBuildDoesNotTell) {
  hooks_.server.buffer_usage = hooks_.server.wal_usage = 0;
  for (const std::uint64_t counter : found().usage)
    EXPECT_EQ(counter, 0u);
}

TEST_F(RunningQueries, AreNoneOfAnIdleProcess) {
  debug_query_string = nullptr;
  MyProcPort = 0;
  EXPECT_EQ(found().query, std::nullopt);
  EXPECT_EQ(found().application, "psql");
  EXPECT_FALSE(found().client);
}

TEST_F(RunningQueries, AreCutBehindTheLimitOnly) {
  EXPECT_EQ(all(8).at(0).query, "SELECT 1");
  EXPECT_FALSE(all(8).at(0).cut);
  EXPECT_EQ(all(7).at(0).query, "SELECT ");
  EXPECT_TRUE(all(7).at(0).cut);
}

TEST_F(RunningQueries, AreBehindATransactionThatIsIdle) {
  debug_query_string = nullptr;
  MyBEEntry = &status_;
  hooks_.server.in_transaction = 3;
  status_.state_began_us = now_us() - 20'000'000;
  status_.state = 1;
  EXPECT_FALSE(found().in_transaction);
  status_.state = 3;
  EXPECT_TRUE(found().in_transaction);
  EXPECT_FALSE(found().in_failed_transaction);
  EXPECT_GE(found().running.value_or(Duration{}), std::chrono::seconds(20));
  status_.state = 5;
  EXPECT_TRUE(found().in_failed_transaction);
  hooks_.server.in_transaction = 0;  // a version whose numbers are not known
  EXPECT_FALSE(found().in_transaction);
}

// A process goes on while it is read: what was a text may be freed memory.
TEST_F(RunningQueries, LeaveOutWhatCannotBeRead) {
  debug_query_string = application_name = reinterpret_cast<const char*>(8);
  EXPECT_EQ(found().query, std::nullopt);
  EXPECT_EQ(found().application, "");
  hooks_.server.client = 0;
  EXPECT_TRUE(all().empty());
}

TEST_F(RunningQueries, HaveRunSinceTheirActivityBegan) {
  const auto ran = running();
  ASSERT_TRUE(ran);
  EXPECT_GE(*ran, std::chrono::seconds(10));
  EXPECT_LT(*ran, std::chrono::seconds(600));
}

TEST_F(RunningQueries, HaveNoTimeThatCannotBe) {
  status_.activity_began_us = status_.process_began_us - 1;
  EXPECT_EQ(running(), std::nullopt);
  status_.activity_began_us = now_us() + 600'000'000;
  EXPECT_EQ(running(), std::nullopt);
  status_.activity_began_us = now_us();
  status_.pid = 0;
  EXPECT_EQ(running(), std::nullopt);
  status_.pid = 1;  // its number in a namespace of its own
  EXPECT_NE(running(), std::nullopt);
}

}  // namespace
}  // namespace pgrec
