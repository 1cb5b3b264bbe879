// Covers analyze/sql/extension.h and extension_init.cc, loaded into a connection: one with fake
// relations, and the one that people load.
#include "analyze/sql/extension.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "analyze/sql/open_relations.h"
#include "format/error.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class ExtensionTest : public testing::Test {
 protected:
  void load(const char* path) {
    sqlite3_enable_load_extension(database_.connection(), 1);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_load_extension(database_.connection(), path, nullptr, &message), SQLITE_OK)
        << message;
    sqlite3_free(message);
  }
  std::vector<std::string> rows(const std::string& sql) const {
    return test::rows_of(database_, sql);
  }
  Database database_;
};

TEST_F(ExtensionTest, HasTheRelationsOfFiles) {
  load(PGREC_FAKE_EXTENSION);
  EXPECT_EQ(rows("SELECT * FROM pgrec_files('a', 'bcd')"),
            (std::vector<std::string>{"a|1", "bcd|3"}));
  EXPECT_EQ(rows("SELECT percentile(bytes, 50) FROM pgrec_files('a', 'bcd')"),
            std::vector<std::string>{"1"});
}

TEST_F(ExtensionTest, OpensASetOnce) {
  load(PGREC_FAKE_EXTENSION);
  const auto before = std::stoll(rows("SELECT times FROM pgrec_opened('once')").at(0));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(rows("SELECT bytes FROM pgrec_files('once')"), std::vector<std::string>{"4"});
  EXPECT_EQ(std::stoll(rows("SELECT times FROM pgrec_opened('twice')").at(0)), before + 1);
}

TEST_F(ExtensionTest, SaysWhyAFileCannotBeRead) {
  load(PGREC_FAKE_EXTENSION);
  try {
    rows("SELECT * FROM pgrec_files('missing')");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "SQL: cannot read missing: not there");
  }
}

TEST_F(ExtensionTest, ReadsTraces) {
  load(PGREC_EXTENSION_PATH);
  const test::TraceFile file;
  file.writer().close({});
  const std::string path = file.path();
  EXPECT_EQ(rows("SELECT value FROM pgrec_meta('" + path + "') WHERE key = 'trace.file'"),
            std::vector<std::string>{path});
  EXPECT_THROW(rows("SELECT * FROM pgrec_meta('" + path + ".none')"), Error);
}

TEST(OpenRelationsTest, HaveNoRowWithoutFiles) {
  for (const auto& relation : open_relations({})) {
    Database database;
    database.add(relation);
    EXPECT_EQ(test::rows_of(database, "SELECT count(*) FROM " + relation->name()),
              std::vector<std::string>{"0"});
  }
}

}  // namespace
}  // namespace pgrec
