#include "record/server/server_layout.h"

#include <filesystem>

namespace pgrec {
namespace {

namespace fs = std::filesystem;

std::string normal(const fs::path& path) {
  return path.lexically_normal().string();
}

}  // namespace

// Debian and Ubuntu, RHEL and Fedora (PGDG), Alpine, and the default prefix of a build from source.
std::vector<std::string> server_directories() {
  return {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
          "/usr/local/pgsql/bin"};
}

// The same; then a build from source with another prefix, Fedora itself, and Alpine.
std::vector<std::string> library_directories(const std::string& server) {
  const fs::path bin = fs::path(server).parent_path();
  const fs::path prefix = bin / "..";
  return {normal(prefix / "lib"), normal(prefix / "lib/postgresql"), normal(prefix / "lib64/pgsql"),
          normal(prefix / "../lib" / bin.filename())};
}

std::vector<std::string> servers_of_library(const std::string& library) {
  const fs::path lib = fs::path(library).parent_path();
  return {normal(lib / "../bin/postgres"), normal(lib / "../../bin/postgres"),
          normal(lib / "../../libexec" / lib.filename() / "postgres")};
}

}  // namespace pgrec
