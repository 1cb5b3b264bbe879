#include "analyze/process_title.h"

#include <array>
#include <vector>

namespace pgrec {
namespace {

struct NamedType {
  std::string_view start;  // of the title
  std::string_view type;   // pg_stat_activity.backend_type
  bool names_database;     // the next word is the database
};

constexpr std::array<NamedType, 18> kTypes = {{
    {"autovacuum worker", "autovacuum worker", true},
    {"autovacuum launcher", "autovacuum launcher", false},
    {"background writer", "background writer", false},
    {"checkpointer", "checkpointer", false},
    {"walwriter", "walwriter", false},
    {"walsender", "walsender", false},
    {"walreceiver", "walreceiver", false},
    {"walsummarizer", "walsummarizer", false},
    {"startup", "startup", false},
    {"archiver", "archiver", false},
    {"logger", "logger", false},
    {"stats collector", "stats collector", false},
    {"parallel worker", "parallel worker", false},
    {"logical replication launcher", "logical replication launcher", false},
    {"logical replication", "logical replication worker", false},
    {"slotsync worker", "slotsync worker", false},
    {"io worker", "io worker", false},
    {"bgworker", "background worker", false},
}};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    if (blank > 0) found.push_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return found;
}

std::optional<ProcessIdentity> of_named_type(std::string_view title) {
  for (const NamedType& named : kTypes) {
    if (title.substr(0, named.start.size()) != named.start) continue;
    const std::string_view rest = title.substr(named.start.size());
    if (!rest.empty() && rest[0] != ' ') continue;
    ProcessIdentity identity;
    identity.backend_type = named.type;
    const auto more = words(rest);
    if (named.names_database && !more.empty()) identity.database = more[0];
    return identity;
  }
  return std::nullopt;
}

// "[local]", or a host and a port: "10.0.0.1(4711)".
bool is_client(std::string_view word) {
  return word == "[local]" || (word.find('(') != word.npos && word.back() == ')');
}

std::optional<ProcessIdentity> of_client_backend(std::string_view title) {
  const auto parts = words(title);
  if (parts.size() < 3 || !is_client(parts[2])) return std::nullopt;
  return ProcessIdentity{"client backend", std::string(parts[1]), std::string(parts[0]),
                         std::string(parts[2])};
}

}  // namespace

ProcessIdentity parse_process_title(std::string_view title) {
  static constexpr std::string_view kStart = "postgres: ";
  if (title.substr(0, kStart.size()) != kStart) return {};
  title.remove_prefix(kStart.size());
  for (;;) {
    if (auto identity = of_named_type(title)) return *identity;
    if (auto identity = of_client_backend(title)) return *identity;
    const std::size_t colon = title.find(": ");  // behind the cluster's name
    if (colon == title.npos) return {};
    title.remove_prefix(colon + 2);
  }
}

}  // namespace pgrec
