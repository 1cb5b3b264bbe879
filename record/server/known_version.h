// The versions of PostgreSQL whose structures and numbers pgrec knows. What is read by those of a
// server of any other version would be taken for what it is not; so of such a server it is not
// read, which is told.
#pragma once

#include <string>

namespace pgrec {

// The major version in "15.18 (Debian …)"; 0 where it is none of those, or is being developed
// ("18devel"), when it may still have the structures of the one before.
int known_version(const std::string& server_version);

// "13 to 18".
std::string known_versions();

}  // namespace pgrec
