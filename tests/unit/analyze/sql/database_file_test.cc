// Covers analyze/sql/database_file.h: a file that has the relations, and no file after an error.
#include "analyze/sql/database_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "analyze/sql/list_relation.h"
#include "format/error.h"
#include "tests/unit/fake_relation.h"
#include "tests/unit/relations.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

class DatabaseFileTest : public testing::Test {
 protected:
  DatabaseFileTest() {
    std::mt19937 random(1);
    database_.add(std::make_shared<test::FakeRelation>("fake", test::random_rows(random, 500), 1u));
    database_.execute("CREATE VIEW wide AS SELECT id, a, a * 2 AS twice FROM fake");
  }
  void write(bool force = false) {
    write_database_file(database_, path_, force,
                        {{"fake", "id", {{"a"}, {"name", "b"}}}, {"wide", "", {}}});
  }
  std::string error_of_writing(const std::vector<FileTable>& tables) {
    try {
      write_database_file(database_, path_, false, tables);
      return "no error";
    } catch (const Error& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
  }
  std::vector<std::string> in_file(const std::string& sql) const {
    const Database reading;
    reading.prepare("ATTACH ? AS file").bind(1, path_).run();
    return test::rows_of(reading, sql);
  }
  test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("run.sqlite");
  Database database_;
};

TEST_F(DatabaseFileTest, HasTheRowsOfEach) {
  write();
  for (const char* name : {"fake", "wide"}) {
    const std::string sql = std::string("SELECT * FROM ") + name + " ORDER BY id";
    EXPECT_EQ(in_file(sql), test::rows_of(database_, sql)) << name;
  }
}

TEST_F(DatabaseFileTest, HasTypesAKeyAndIndexes) {
  write();
  EXPECT_EQ(
      in_file("SELECT sql FROM file.sqlite_schema"),
      (std::vector<std::string>{
          R"(CREATE TABLE "fake" ("id" INTEGER PRIMARY KEY, "a" INTEGER, "b" INTEGER, "c" REAL, "name" TEXT, "note" TEXT))",
          R"(CREATE INDEX "fake_a" ON "fake" ("a"))",
          R"(CREATE INDEX "fake_name_b" ON "fake" ("name", "b"))",
          R"(CREATE TABLE "wide" ("id" INTEGER, "a" INTEGER, "twice" ))"}));
  EXPECT_EQ(in_file("PRAGMA file.integrity_check"), std::vector<std::string>{"ok"});
}

TEST_F(DatabaseFileTest, IsForItsOwnerAndAlone) {
  write();
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(DatabaseFileTest, OverwritesWhenAskedOnly) {
  test::write_file(path_, {});
  EXPECT_EQ(
      error_of_writing({{"fake", "", {}}}),
      "cannot write " + path_ + ": it exists / name another file, or overwrite it with --force");
  EXPECT_EQ(std::filesystem::file_size(path_), 0u);
  write(true);
  EXPECT_EQ(in_file("SELECT count(*) FROM fake"), std::vector<std::string>{"500"});
}

TEST_F(DatabaseFileTest, IsNotThereAfterAnError) {
  database_.add(
      std::make_shared<ListRelation>("broken", std::vector<RelationColumn>{{"n"}},
                                     []() -> ListRelation::Rows { throw Error("it is broken"); }));
  EXPECT_EQ(error_of_writing({{"fake", "", {}}, {"broken", "", {}}}),
            "cannot write " + path_ + ": SQL: it is broken / ");
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
  // The next one is not in its way.
  write();
  EXPECT_EQ(in_file("SELECT count(*) FROM wide"), std::vector<std::string>{"500"});
}

TEST_F(DatabaseFileTest, SaysWhereItCannotBe) {
  path_ = directory_.file("none/run.sqlite");
  EXPECT_EQ(error_of_writing({{"fake", "", {}}}), "cannot write " + path_ +
                                                      ": No such file or directory / make its "
                                                      "directory first");
}

}  // namespace
}  // namespace pgrec
