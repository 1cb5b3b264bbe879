#include "analyze/calls/execution_origins.h"

#include <array>
#include <utility>

namespace pgrec {
namespace {

constexpr std::array<std::pair<std::string_view, Origin>, 5> kOriginWords{
    {{"database", Origin::kDatabase},
     {"user", Origin::kUser},
     {"application", Origin::kApplication},
     {"client", Origin::kClient},
     {"backend-type", Origin::kBackendType}}};

bool is_of_session(Origin origin) {
  return origin == Origin::kUser || origin == Origin::kApplication;
}

std::string of_session(const Session& session, Origin origin) {
  return origin == Origin::kUser ? session.user : session.application;
}

// "10.0.0.1(4711)" -> "10.0.0.1".
std::string host_of_client(const std::string& client) {
  const bool has_port = client.ends_with(')');
  return has_port ? client.substr(0, client.rfind('(')) : client;
}

std::string of_process(const ProcessLives::Life* process, Origin origin) {
  if (!process) return {};
  switch (origin) {
    case Origin::kDatabase:
      return process->identity.database.value_or("");
    case Origin::kClient:
      return host_of_client(process->identity.client.value_or(""));
    case Origin::kBackendType:
      return process->identity.backend_type.value_or("");
    case Origin::kUser:
    case Origin::kApplication:
      break;
  }
  return of_session(process->session(), origin);
}

}  // namespace

std::optional<Origin> origin_of(std::string_view word) {
  for (const auto& [known, origin] : kOriginWords) {
    if (known == word) return origin;
  }
  return std::nullopt;
}

std::string origin_text(const ExecutionRecord& execution, Origin origin) {
  if (is_of_session(origin) && execution.facts.session)
    return of_session(*execution.facts.session, origin);
  return of_process(process_of(execution), origin);
}

std::size_t OriginPlaces::place_of(const std::string& name) {
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  const std::lock_guard lock(names_->lock);
  const auto [place, is_new] = names_->places.try_emplace(name, names_->all.size());
  if (is_new) names_->all.push_back(name);
  by_name_.emplace(name, place->second);
  return place->second;
}

std::optional<std::size_t> OriginPlaces::operator()(const ExecutionRecord& execution) {
  if (is_of_session(origin_) && execution.facts.session) {
    const Session& session = *execution.facts.session;
    return place_of(origin_ == Origin::kUser ? session.user : session.application);
  }
  const ProcessLives::Life* const process = process_of(execution);
  const auto [place, is_new] = by_process_.try_emplace(process, 0);
  if (is_new) place->second = place_of(of_process(process, origin_));
  return place->second;
}

}  // namespace pgrec
