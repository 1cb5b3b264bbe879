#include "record/host/cpu_time.h"

#include <filesystem>
#include <fstream>
#include <optional>

#include "format/print/number.h"

namespace pgrec {
namespace {

// The first number of schedstat: nanoseconds on a CPU (Documentation/scheduler/sched-stats.rst).
std::optional<Duration> whole_time(const std::string& proc, const ThreadKey& thread) {
  std::ifstream file(proc + "/" + std::to_string(thread.pid) + "/task/" +
                     std::to_string(thread.tid) + "/schedstat");
  std::int64_t ns = 0;
  if (!(file >> ns)) return std::nullopt;
  return Duration(ns);
}

// Calls visit(number) for each entry of `directory` that is one.
template <typename Visit>
void for_each_number(const std::string& directory, Visit visit) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename();
    if (const auto number = parse_number<std::uint32_t>(name)) visit(*number);
  }
}

}  // namespace

CpuTime::CpuTime(std::string proc) : proc_(std::move(proc)) {
  for_each_number(proc_, [this](std::uint32_t pid) {
    for_each_number(proc_ + "/" + std::to_string(pid) + "/task", [this, pid](std::uint32_t tid) {
      if (const auto whole = whole_time(proc_, {pid, tid})) before_[{pid, tid}] = *whole;
    });
  });
}

void CpuTime::ended(const ThreadKey& thread, Duration whole) {
  if (threads_.erase(thread) > 0) by_ended_ += since_begin(thread, whole);
  before_.erase(thread);  // its number may become another's
  if (last_ == thread) last_ = {};
}

Duration CpuTime::used() {
  for (auto& [key, used] : threads_) {
    if (const auto whole = whole_time(proc_, key)) used = since_begin(key, *whole);
  }
  return known();
}

Duration CpuTime::known() const {
  Duration all = by_ended_;
  for (const auto& [key, used] : threads_)
    all += used;
  return all;
}

Duration CpuTime::since_begin(const ThreadKey& thread, Duration whole) const {
  const auto before = before_.find(thread);
  if (before == before_.end() || before->second > whole) return whole;
  return whole - before->second;
}

}  // namespace pgrec
