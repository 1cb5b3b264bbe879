// Covers record/server/database_names.h: a database is called as its clients call it.
#include "record/server/database_names.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::uint32_t kNobody = 4'194'305;  // above every process id

// What a process in the database is in after it was asked.
std::string completed(DatabaseNames& names, std::uint32_t pid, std::uint32_t database,
                      const std::string& name = "") {
  wire_identity identity{};
  identity.database = database;
  ProcessWho who{"background worker", name};
  names.complete(pid, identity, who);
  return who.database;
}

TEST(DatabaseNames, AreNotKnownOfAProcessThatIsGone) {
  DatabaseNames names;
  EXPECT_EQ(completed(names, kNobody, 5), "");
  EXPECT_EQ(completed(names, kNobody, 5, "shop"), "shop");
  EXPECT_EQ(completed(names, kNobody, 5), "");
}

TEST(DatabaseNames, AreNotLookedForWithoutADatabase) {
  DatabaseNames names;
  EXPECT_EQ(completed(names, kNobody, 0, "shop"), "shop");
  EXPECT_EQ(completed(names, kNobody, 0), "");
}

}  // namespace
}  // namespace pgrec
