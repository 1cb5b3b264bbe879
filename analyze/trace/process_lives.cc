#include "analyze/trace/process_lives.h"

namespace pgrec {
Session ProcessLives::Life::session() const {
  const bool told = process.who || !process.user.empty();
  return {process.application, told ? process.user : identity.user.value_or(""),
          process.session_user};
}

ProcessLives::ProcessLives(const std::vector<Process>& processes, const Number& number) {
  std::int64_t next_id = 1;
  for (const Process& process : processes) {
    Life& life = lives_[process.pid][process.started.value_or(Timestamp::min())];
    if (life.process_id == 0) life.process_id = number ? number(process) : next_id++;
    life.process = process;
    life.identity = identity_of(process.who, process.title);
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

}  // namespace pgrec
