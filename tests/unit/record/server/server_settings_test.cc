// Covers record/server/server_settings.h: this test program has the variables of a server, and is
// read like one.
#include "record/server/server_settings.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "tests/unit/temporary_directory.h"

// Named as in PostgreSQL. Not constant, so that they stand in memory.
extern "C" {
std::int32_t work_mem = 5120;
std::int32_t maintenance_work_mem = 65537;
std::int32_t autovacuum_work_mem = -1;
std::int32_t NBuffers = 2048;
std::int32_t XLOGbuffers = 3;
std::int32_t CheckPointTimeout = 90;
std::int32_t BgWriterDelay = 7'200'000;
std::int32_t max_wal_size_mb = 3072;
std::int32_t log_min_duration_statement = 0;
bool enableFsync = false;
bool fullPageWrites = true;
double random_page_cost = 1.1;
double jit_above_cost = 1e6;
std::int32_t synchronous_commit = 3;
const char* shared_preload_libraries_string = "auto_explain, pg_stat_statements";
const char* session_preload_libraries_string = nullptr;
bool wal_compression = true;  // as up to PostgreSQL 14
const char* DataDir = "/srv/data";
std::int32_t PostPortNumber = 5433;
struct {
  char name[256] = "Europe/Berlin";
  std::int64_t rules[4] = {};
} berlin;
void* session_timezone = &berlin;
void* log_timezone = nullptr;

// What does not fit.
std::int64_t MaxConnections = 100;                // not the size of an int
unsigned char jit_enabled = 7;                    // no bool
std::int32_t plan_cache_mode = 3;                 // of no name
std::int32_t wal_level = -1;                      // of no name
const char* SyncRepStandbyNames = "overwritten";  // points nowhere once the test has begun
}

namespace pgrec {
namespace {

class ServerSettings : public testing::Test {
 protected:
  ServerSettings() { SyncRepStandbyNames = reinterpret_cast<const char*>(8); }
  ~ServerSettings() override { std::filesystem::current_path(before_); }

  // Works in a data directory with blocks of 32 kB in files and 4 kB in the WAL.
  void enter_data_directory(std::uint32_t checksum_version) {
    Bytes bytes;
    put_u64(bytes, 7584123456789012345u);
    bytes.resize(256);
    const double float_format = 1234567.0;
    put_bytes(bytes, &float_format, sizeof float_format);
    for (const std::uint32_t field :
         {32768u, 131072u, 4096u, 16u << 20, 64u, 32u, 1996u, 2048u, 1u})
      put_u32(bytes, field);
    put_u32(bytes, checksum_version);
    std::filesystem::create_directory(directory_.path() + "/global");
    test::write_file(directory_.path() + "/global/pg_control", bytes);
    std::filesystem::current_path(directory_.path());
  }
  // The value of a setting; "absent" where there is none.
  static std::string setting(const std::string& name, const std::string& version = "15.18") {
    return fact("server.setting." + name, version);
  }
  static std::string fact(const std::string& wanted, const std::string& version = "15.18") {
    std::string found = "absent";
    ElfImage image = read_elf("/proc/self/exe");
    image.server_version = version;
    for (const auto& [key, value] : read_server_settings(pid(), image)) {
      if (key == wanted) found = value;
    }
    return found;
  }
  static std::uint32_t pid() { return static_cast<std::uint32_t>(::getpid()); }

 private:
  test::TemporaryDirectory directory_;
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(ServerSettings, AreInTheGreatestUnitThatTheyAreAWholeNumberOf) {
  EXPECT_EQ(setting("work_mem"), "5MB");
  EXPECT_EQ(setting("maintenance_work_mem"), "65537kB");
  EXPECT_EQ(setting("max_wal_size"), "3GB");
  EXPECT_EQ(setting("checkpoint_timeout"), "90s");
  EXPECT_EQ(setting("bgwriter_delay"), "2h");
}

TEST_F(ServerSettings, OfAnotherVersionAreNoWordsThatStandForNumbers) {
  for (const std::string version : {"12.22", "19devel", ""}) {
    EXPECT_EQ(setting("synchronous_commit", version), "absent") << version;
    EXPECT_EQ(setting("fsync", version), "off") << version;
  }
}

TEST_F(ServerSettings, HaveNoUnitWhereTheyAreNoAmount) {
  EXPECT_EQ(setting("autovacuum_work_mem"), "-1");
  EXPECT_EQ(setting("log_min_duration_statement"), "0");
}

TEST_F(ServerSettings, AreWordsOfEveryKind) {
  EXPECT_EQ(setting("fsync"), "off");
  EXPECT_EQ(setting("full_page_writes"), "on");
  EXPECT_EQ(setting("random_page_cost"), "1.1");
  EXPECT_EQ(setting("jit_above_cost"), "1e+06");
  EXPECT_EQ(setting("synchronous_commit"), "on");
  EXPECT_EQ(setting("shared_preload_libraries"), "auto_explain, pg_stat_statements");
  EXPECT_EQ(setting("session_preload_libraries"), "");
}

TEST_F(ServerSettings, SayWhichServerItIs) {
  EXPECT_EQ(setting("data_directory"), "/srv/data");
  EXPECT_EQ(setting("port"), "5433");
  EXPECT_EQ(fact("server.system_identifier"), "absent");
  enter_data_directory(0);
  EXPECT_EQ(fact("server.system_identifier"), "7584123456789012345");
  struct stat space {};
  ASSERT_EQ(::stat("/proc/self/ns/pid", &space), 0);
  EXPECT_EQ(fact("server.pid_namespace"), std::to_string(space.st_ino));
}

TEST_F(ServerSettings, NameTimeZones) {
  EXPECT_EQ(setting("TimeZone"), "Europe/Berlin");
  EXPECT_EQ(setting("log_timezone"), "absent");  // not known yet
  std::memset(berlin.name, 'x', sizeof berlin.name);
  EXPECT_EQ(setting("TimeZone"), "absent");  // no name of a zone is as long
  std::strcpy(berlin.name, "Europe/Berlin");
}

TEST_F(ServerSettings, AreReadAsTheServersVersionHasThem) {
  EXPECT_EQ(setting("wal_compression"), "on");
}

TEST_F(ServerSettings, AreLeftOutWhereTheVariableDoesNotFit) {
  EXPECT_EQ(setting("max_connections"), "absent");
  EXPECT_EQ(setting("jit"), "absent");
  EXPECT_EQ(setting("plan_cache_mode"), "absent");
  EXPECT_EQ(setting("wal_level"), "absent");
  EXPECT_EQ(setting("synchronous_standby_names"), "absent");
  EXPECT_EQ(setting("temp_buffers"), "absent");
}

TEST_F(ServerSettings, InBlocksNeedTheClustersBlockSize) {
  EXPECT_EQ(setting("shared_buffers"), "absent");
  EXPECT_EQ(setting("block_size"), "absent");
  enter_data_directory(1);
  EXPECT_EQ(setting("shared_buffers"), "64MB");
  EXPECT_EQ(setting("wal_buffers"), "12kB");
  EXPECT_EQ(setting("block_size"), "32768");
  EXPECT_EQ(setting("wal_segment_size"), "16MB");
}

TEST_F(ServerSettings, TellChecksumsOfVersionsTheyKnow) {
  enter_data_directory(0);
  EXPECT_EQ(setting("data_checksums"), "off");
  enter_data_directory(1);
  EXPECT_EQ(setting("data_checksums"), "on");
  enter_data_directory(2);
  EXPECT_EQ(setting("data_checksums"), "absent");
}

TEST_F(ServerSettings, AreNoneOfAProcessThatIsNotThere) {
  EXPECT_EQ(read_server_settings(4194305, read_elf("/proc/self/exe")), Metadata{});
}

TEST_F(ServerSettings, AreThoseOfTheProcessesThatAreNamed) {
  const ElfImage image = read_elf("/proc/self/exe");
  EXPECT_FALSE(read_server_settings("/proc/self/exe", image, {pid()}).empty());
  EXPECT_TRUE(read_server_settings("/proc/self/exe", image, {1}).empty());
}

}  // namespace
}  // namespace pgrec
