#include "format/postgres/process_title.h"

#include <algorithm>
#include <array>
#include <vector>

#include "format/print/number.h"

namespace pgrec {
namespace {

struct NamedType {
  std::string_view start;                                         // of the title
  std::string_view type;                                          // pg_stat_activity.backend_type
  enum { kNothing, kDatabase, kUserAndClient, kLeader } follows;  // in the title
};

constexpr std::array<NamedType, 18> kTypes = {{
    {"autovacuum worker", "autovacuum worker", NamedType::kDatabase},
    {"autovacuum launcher", "autovacuum launcher", NamedType::kNothing},
    {"background writer", "background writer", NamedType::kNothing},
    {"checkpointer", "checkpointer", NamedType::kNothing},
    {"walwriter", "walwriter", NamedType::kNothing},
    {"walsender", "walsender", NamedType::kUserAndClient},
    {"walreceiver", "walreceiver", NamedType::kNothing},
    {"walsummarizer", "walsummarizer", NamedType::kNothing},
    {"startup", "startup", NamedType::kNothing},
    {"archiver", "archiver", NamedType::kNothing},
    {"logger", "logger", NamedType::kNothing},
    {"stats collector", "stats collector", NamedType::kNothing},
    {"parallel worker", "parallel worker", NamedType::kLeader},
    {"logical replication launcher", "logical replication launcher", NamedType::kNothing},
    {"logical replication", "logical replication worker", NamedType::kNothing},
    {"slotsync worker", "slotsync worker", NamedType::kNothing},
    {"io worker", "io worker", NamedType::kNothing},
    {"bgworker", "background worker", NamedType::kNothing},
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

// "[local]", or a host and a port: "10.0.0.1(4711)".
bool is_client(std::string_view word) {
  return word == "[local]" || (word.find('(') != word.npos && word.back() == ')');
}

// "for PID 4711", behind "parallel worker".
std::optional<std::uint32_t> leader_in(const std::vector<std::string_view>& more) {
  if (more.size() < 3 || more[0] != "for" || more[1] != "PID") return std::nullopt;
  return parse_number<std::uint32_t>(more[2]);
}

std::optional<ProcessIdentity> of_named_type(std::string_view title) {
  for (const NamedType& named : kTypes) {
    if (title.substr(0, named.start.size()) != named.start) continue;
    const std::string_view rest = title.substr(named.start.size());
    if (!rest.empty() && rest[0] != ' ') continue;
    ProcessIdentity identity;
    identity.backend_type = named.type;
    const auto more = words(rest);
    if (named.follows == NamedType::kDatabase && !more.empty()) identity.database = more[0];
    if (named.follows == NamedType::kUserAndClient && more.size() >= 2 && is_client(more[1])) {
      identity.user = more[0];
      identity.client = more[1];
    }
    if (named.follows == NamedType::kLeader) identity.leader_pid = leader_in(more);
    return identity;
  }
  return std::nullopt;
}

std::optional<ProcessIdentity> of_client_backend(std::string_view title) {
  const auto parts = words(title);
  if (parts.size() < 3 || !is_client(parts[2])) return std::nullopt;
  return ProcessIdentity{"client backend", std::string(parts[1]), std::string(parts[0]),
                         std::string(parts[2])};
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

ProcessIdentity identity_of(const std::optional<ProcessWho>& who, std::string_view title) {
  ProcessIdentity said = parse_process_title(title);
  if (!who) return said;
  const bool same = said.backend_type == who->backend_type;
  return {known(who->backend_type), known(who->database), known(who->user), known(who->client),
          same ? said.leader_pid : std::nullopt};
}

ProcessIdentity parse_process_title(std::string_view title) {
  static constexpr std::string_view kStart = "postgres: ";
  if (title.substr(0, kStart.size()) != kStart) return {};
  title.remove_prefix(kStart.size());
  for (;;) {
    // Only a walsender's title can look like a client's.
    auto client = of_client_backend(title);
    if (auto identity = of_named_type(title);
        identity && (!client || identity->backend_type == "walsender"))
      return *identity;
    if (client) return *client;
    const std::size_t colon = title.find(": ");  // behind the cluster's name
    if (colon == title.npos) return {};
    title.remove_prefix(colon + 2);
  }
}

}  // namespace pgrec
