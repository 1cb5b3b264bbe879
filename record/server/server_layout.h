// How installations of PostgreSQL lay out their files: where a server's shared libraries are, and
// which server uses a library. Only names; nothing is looked at.
#pragma once

#include <string>
#include <vector>

namespace pgrec {

// Globs of the directories where distributions put a server that is not in PATH.
std::vector<std::string> server_directories();

// The directories that may be the $libdir of the server at the absolute path `server`, the
// likeliest first: /usr/lib/postgresql/15/bin/postgres has /usr/lib/postgresql/15/lib.
std::vector<std::string> library_directories(const std::string& server);

// Where the server that uses the shared library at the absolute path `library` may be.
std::vector<std::string> servers_of_library(const std::string& library);

}  // namespace pgrec
