#include "analyze/calls/group_sums.h"

#include "format/error.h"

namespace pgrec {
namespace {

// What a thread's sum holds: a thousand processes with a hundred functions, of a few octaves each.
constexpr std::size_t kMaxGroups = 1u << 17;
constexpr std::size_t kMaxBlocks = 1u << 18;
// How many stretches of a thread between two looks at the blocks.
constexpr std::size_t kCheckEvery = 1u << 14;

}  // namespace

void GroupSums::process(const TraceSet::File& file, const ThreadKey& key) {
  cursor_.process(file, key);
  fixed_ = cursor_.is_fixed();
  if (fixed_) use(cursor_.at({}, kNoExecution));
  if (++since_check_ < kCheckEvery) return;
  since_check_ = 0;
  check_size();
}

FunctionSummary& GroupSums::add(FunctionId function) {
  const std::size_t id = value(function);
  if (id >= functions_->size()) functions_->resize(id + 1);
  if (groups_.size() == kMaxGroups) refuse();
  auto& group = groups_.emplace_back(ProfileGroup{number_, function}, FunctionSummary{});
  (*functions_)[id] = &group.second;
  return group.second;
}

void GroupSums::merge(const GroupSums& other) {
  for (const auto& [group, calls] : other.groups_) {
    use(group.split);
    of(group.function).merge(calls);
  }
  check_size();
}

void GroupSums::clear() {
  by_number_.clear();
  functions_ = nullptr;
  groups_.clear();
}

void GroupSums::check_size() const {
  std::size_t blocks = 0;
  for (const auto& [group, calls] : groups_)
    blocks += calls.durations.blocks();
  if (blocks > kMaxBlocks) refuse();
}

void GroupSums::refuse() const {
  const char* const what = split_.by() == SplitBy::kPid           ? "processes"
                           : split_.by() == SplitBy::kQuery       ? "statements"
                           : split_.by() == SplitBy::kDatabase    ? "databases"
                           : split_.by() == SplitBy::kApplication ? "applications"
                                                                  : "outcomes";
  throw Error(
      "there are more " + std::string(what) + " and functions than pgrec profiles one by one",
      "-f and -p leave some of them out; --hist alone tells nothing apart");
}

}  // namespace pgrec
