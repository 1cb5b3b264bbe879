#include "analyze/calls/linear_rows.h"

#include "analyze/calls/call_sums.h"

namespace pgrec {
namespace {

using AllRows = std::map<ProfileGroup, std::vector<Bucket>>;

class Counts {
 public:
  Counts(CallSplit& split, const AllRows& empty) : split_(split), cursor_(split), rows_(empty) {}
  Counts(const Counts& empty) : Counts(empty.split_, empty.rows_) {}
  Counts(Counts&&) = default;

  void process(const TraceSet::File& file, const ThreadKey& key) {
    cursor_.process(file, key);
    last_ = nullptr;
  }
  void call_begun(FunctionId /*function*/, Timestamp /*begun*/, ExecutionId /*execution*/) {}
  void call_ended(const EndedCall& call) {
    if (!call.returned()) return;
    const OpenCall& opened = call.opened();
    const ProfileGroup group{cursor_.at(opened.entered, opened.execution), opened.function};
    if (!last_ || group != of_last_) {
      const auto found = rows_.find(group);
      last_ = found == rows_.end() ? &none_ : &found->second;
      of_last_ = group;
    }
    if (last_->empty()) return;
    const std::int64_t first = last_->front().from_ns;
    const std::int64_t width = last_->front().to_ns - first + 1;
    const std::int64_t ns = call.duration().count();
    if (ns < first || ns > last_->back().to_ns) return;
    Bucket& row = (*last_)[static_cast<std::size_t>((ns - first) / width)];
    ++row.calls;
    row.total = add_capped(row.total, call.duration());
  }
  void merge(const Counts& other) {
    for (const auto& [group, rows] : other.rows_) {
      auto& own = rows_.at(group);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        own[i].calls += rows[i].calls;
        own[i].total = add_capped(own[i].total, rows[i].total);
      }
    }
  }
  void clear() {
    for (auto& [group, rows] : rows_) {
      for (Bucket& row : rows)
        row = {row.from_ns, row.to_ns, 0, {}};
    }
  }
  AllRows take() { return std::move(rows_); }

 private:
  CallSplit& split_;
  SplitCursor cursor_;
  AllRows rows_;
  std::vector<Bucket> none_;
  std::vector<Bucket>* last_ = nullptr;  // of `of_last_`
  ProfileGroup of_last_;
};

}  // namespace

std::vector<Bucket> linear_rows(Duration min, Duration max) {
  const std::int64_t least = min.count(), most = max.count();
  std::int64_t width = 1;
  for (unsigned step = 0; (most - least) / width >= 20; ++step)
    width = step % 3 == 1 ? width / 2 * 5 : width * 2;
  std::vector<Bucket> rows;
  for (std::int64_t from = least / width * width; from <= most; from += width)
    rows.push_back({from, from + width - 1, 0, {}});
  return rows;
}

void fill_linear_rows(TraceSet& set, const CallSelection& selection, CallSplit& split,
                      AllRows& rows, const PassOptions& options) {
  if (rows.empty()) return;
  rows = sum_calls(set, selection, Counts(split, rows), options).take();
}

}  // namespace pgrec
