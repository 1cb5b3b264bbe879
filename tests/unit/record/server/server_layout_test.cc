// Covers record/server/server_layout.h: the layouts of distributions and of builds from source.
#include "record/server/server_layout.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgrec {
namespace {

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// As distributions install them.
TEST(ServerLayout, HasAServerAndItsLibrariesWhereTheyAreInstalled) {
  const std::pair<std::string, std::string> kInstalled[] = {
      {"/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/lib"},
      {"/usr/pgsql-17/bin/postgres", "/usr/pgsql-17/lib"},
      {"/usr/bin/postgres", "/usr/lib64/pgsql"},
      {"/usr/libexec/postgresql16/postgres", "/usr/lib/postgresql16"},
      {"/usr/local/pgsql/bin/postgres", "/usr/local/pgsql/lib"},
      {"/opt/db/bin/postgres", "/opt/db/lib/postgresql"}};
  for (const auto& [server, directory] : kInstalled) {
    EXPECT_TRUE(has(library_directories(server), directory)) << server;
    EXPECT_TRUE(has(servers_of_library(directory + "/plpgsql.so"), server)) << directory;
  }
}

TEST(ServerLayout, HasTheLikeliestFirst) {
  EXPECT_EQ(library_directories("/usr/lib/postgresql/15/bin/postgres").front(),
            "/usr/lib/postgresql/15/lib");
  EXPECT_EQ(servers_of_library("/usr/lib/postgresql/15/lib/plpgsql.so").front(),
            "/usr/lib/postgresql/15/bin/postgres");
}

}  // namespace
}  // namespace pgrec
