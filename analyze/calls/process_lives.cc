#include "analyze/calls/process_lives.h"

#include <string_view>

namespace pgrec {
namespace {

// The kernel tells when a process started to a hundredth of a second.
constexpr Duration kStartTick{10'000'000};

std::optional<std::int64_t> ns(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return to_ns(*time);
}

}  // namespace

ProcessLives::ProcessLives(const std::vector<Process>& processes) {
  std::int64_t next_id = 1;
  for (const Process& process : processes) {
    Life& life = lives_[process.pid][process.started.value_or(Timestamp::min())];
    if (life.process_id == 0) life.process_id = next_id++;
    life.process = process;
    life.identity = parse_process_title(process.title);
  }
}

const ProcessLives::Life* ProcessLives::at(std::uint32_t pid, Timestamp ts) const {
  const auto found = lives_.find(pid);
  if (found == lives_.end()) return nullptr;
  const auto& lives = found->second;
  const auto next = lives.upper_bound(ts);
  if (next != lives.begin()) {
    const Life& life = std::prev(next)->second;
    if (!life.process.ended || ts <= *life.process.ended) return &life;
  }
  if (next != lives.end() && next->first - kStartTick <= ts) return &next->second;
  return nullptr;
}

bool ProcessLives::several(std::uint32_t pid) const {
  const auto found = lives_.find(pid);
  return found != lives_.end() && found->second.size() > 1;
}

const ProcessLives::Life* ProcessLives::find(std::uint32_t pid, std::int64_t process_id) const {
  const auto found = lives_.find(pid);
  if (found == lives_.end()) return nullptr;
  const bool only = found->second.size() == 1;
  for (const auto& [start, life] : found->second) {
    if (life.process_id == process_id || (only && process_id == 0)) return &life;
  }
  return nullptr;
}

void ProcessLives::write(const Database& database) const {
  auto insert = database.prepare("INSERT INTO processes VALUES (?,?,?,?,?,?,?,?,?,?,?)");
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  for (const auto& [pid, lives] : lives_) {
    for (const auto& [start, life] : lives) {
      insert.bind(1, life.process_id).bind(2, std::int64_t{pid});
      insert.bind(3, life.identity.backend_type).bind(4, life.identity.database);
      insert.bind(5, life.identity.user).bind(6, life.identity.client);
      insert.bind(7, life.process.title).bind(8, text_or_null(life.process.application));
      std::optional<std::int64_t> leader;
      if (life.identity.leader_pid) leader = *life.identity.leader_pid;
      insert.bind(9, leader).bind(10, ns(life.process.started)).bind(11, ns(life.process.ended));
      insert.run();
    }
  }
}

}  // namespace pgrec
