#include "analyze/report/waterfall.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analyze/calls/event_arguments.h"
#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

using Folding = Waterfall::Folding;

// Calls deeper than this are not shown one below the other.
constexpr std::uint32_t kDeepest = 200;

class Builder {
 public:
  Builder(const TraceSet& set, const ExecutionDetail& detail, Folding folding, std::size_t most)
      : set_(set),
        detail_(detail),
        folding_(folding),
        most_(most),
        least_gap_((detail.threads.front().over - detail.execution().begun) * kGapPercent / 100) {}

  // False where there are more lines than it may make.
  bool build() {
    for (std::size_t i = 0; i < detail_.threads.size(); ++i) {
      thread_ = &detail_.threads[i];
      if (i > 0) add_worker();
      list_children();
      add_level(roots_, folding_, i > 0 ? 1 : 0, true);
      if (is_full()) return false;
    }
    return true;
  }
  std::vector<WaterfallLine> take() { return std::move(lines_); }

 private:
  using Places = std::vector<std::uint32_t>;  // of items
  struct Group {
    Places items;
    Duration gap{};  // before it
    Timestamp gap_from{};
  };

  bool is_full() const { return most_ > 0 && lines_.size() > most_; }

  void add_worker() {
    WaterfallLine line;
    line.kind = WaterfallLine::Kind::kWorker;
    line.name = std::to_string(thread_->run.thread.pid);
    line.from = thread_->run.begun;
    line.to = thread_->over;
    line.total = line.to - line.from;
    lines_.push_back(std::move(line));
  }

  void list_children() {
    const auto& items = thread_->items;
    roots_.clear();
    first_.assign(items.size(), DetailItem::kNone);
    next_.assign(items.size(), DetailItem::kNone);
    for (auto i = static_cast<std::uint32_t>(items.size()); i-- > 0;) {
      const std::uint32_t parent = items[i].parent;
      if (parent == DetailItem::kNone) {
        roots_.push_back(i);
      } else {
        next_[i] = std::exchange(first_[parent], i);
      }
    }
    std::reverse(roots_.begin(), roots_.end());
  }

  // Functions and classes apart.
  std::uint64_t key(std::uint32_t place) const {
    const DetailItem& item = thread_->items[place];
    if (item.kind == DetailItem::Kind::kCall) return value(item.function);
    return 1ull << 32 | value(thread_->events[item.event].event_class);
  }

  // When it was over; nothing where that is not known.
  std::optional<Timestamp> end_of(const DetailItem& item) const {
    if (item.kind == DetailItem::Kind::kEvent || item.outcome == Outcome::kHeadless)
      return item.begun;
    if (item.outcome == Outcome::kOpen) return thread_->over;
    if (item.duration || item.at_most) return item.over();
    return std::nullopt;
  }

  std::vector<Group> groups_of(const Places& items, Folding folding, bool with_gaps,
                               Group& behind) const {
    std::vector<Group> groups;
    std::map<std::uint64_t, std::size_t> known;
    std::optional<Timestamp> at = thread_->run.begun;
    for (const std::uint32_t place : items) {
      const DetailItem& item = thread_->items[place];
      Group one{{place}, {}, {}};
      if (with_gaps && item.kind == DetailItem::Kind::kCall) {
        if (at && item.outcome != Outcome::kHeadless && item.begun - *at >= gap_told()) {
          one.gap = item.begun - *at;
          one.gap_from = *at;
        }
        const auto end = end_of(item);
        at = item.outcome == Outcome::kHeadless ? std::nullopt : end;
      }
      const bool follows = !groups.empty() && key(groups.back().items.front()) == key(place) &&
                           one.gap == Duration{};
      if (folding == Folding::kRuns && follows) {
        groups.back().items.push_back(place);
      } else if (folding == Folding::kFunctions) {
        const auto [group, is_new] = known.try_emplace(key(place), groups.size());
        if (!is_new) {
          groups[group->second].items.push_back(place);
          add_gap(behind, one);
          continue;
        }
        add_gap(behind, one);
        one.gap = {};
        groups.push_back(std::move(one));
      } else {
        groups.push_back(std::move(one));
      }
    }
    if (with_gaps && at && thread_->over - *at >= gap_told() && !thread_->run.end_lost) {
      Group last;
      last.gap = thread_->over - *at;
      last.gap_from = *at;
      add_gap(behind, last);
    }
    return groups;
  }
  Duration gap_told() const { return std::max(least_gap_, Duration{1}); }
  // `items` counts them.
  static void add_gap(Group& all, const Group& one) {
    if (one.gap == Duration{}) return;
    if (all.items.empty()) all.gap_from = one.gap_from;
    all.items.push_back(0);
    all.gap += one.gap;
  }

  void add_gap_line(const Group& group, std::uint32_t depth, std::uint64_t count) {
    if (group.gap == Duration{}) return;
    WaterfallLine line;
    line.kind = WaterfallLine::Kind::kGap;
    line.depth = depth;
    line.from = group.gap_from;
    line.to = count > 1 ? thread_->over : group.gap_from + group.gap;
    line.total = group.gap;
    line.count = count;
    lines_.push_back(std::move(line));
  }

  void add_level(const Places& items, Folding folding, std::uint32_t depth, bool with_gaps) {
    if (items.empty() && !with_gaps) return;
    Group behind;
    for (const Group& group : groups_of(items, folding, with_gaps, behind)) {
      if (is_full()) return;
      add_gap_line(group, depth, 1);
      add_line(group.items, depth);
      if (depth >= kDeepest) continue;
      Places children;
      for (const std::uint32_t place : group.items) {
        for (std::uint32_t child = first_[place]; child != DetailItem::kNone; child = next_[child])
          children.push_back(child);
      }
      const bool one = group.items.size() == 1;
      add_level(children, one || folding == Folding::kNothing ? folding : Folding::kFunctions,
                depth + 1, false);
    }
    add_gap_line(behind, depth, behind.items.size());
  }

  void add_line(const Places& places, std::uint32_t depth) {
    const DetailItem& first = thread_->items[places.front()];
    WaterfallLine line;
    line.depth = depth;
    line.count = places.size();
    line.from = line.to = first.begun;
    if (first.kind == DetailItem::Kind::kEvent) {
      const DetailEvent& event = thread_->events[first.event];
      line.kind = WaterfallLine::Kind::kEvent;
      line.name = class_name(event.described, event.event_class);
      line.is_error = line.name == execution_class::kError;
      if (places.size() == 1) line.arguments = arguments_text(event.described, event.arguments);
      line.to = thread_->items[places.back()].begun;
      lines_.push_back(std::move(line));
      return;
    }
    line.name = set_.function_name(first.function);
    for (const std::uint32_t place : places) {
      const DetailItem& item = thread_->items[place];
      line.to = std::max(line.to, end_of(item).value_or(item.begun));
      if (item.duration) {
        line.total += *item.duration;
        line.self += item.self.value_or(Duration{});
        line.longest = std::max(line.longest, *item.duration);
      } else {
        ++line.not_returned;
        line.outcome = item.outcome;
        line.at_most += item.at_most.value_or(Duration{});
      }
    }
    lines_.push_back(std::move(line));
  }

  const TraceSet& set_;
  const ExecutionDetail& detail_;
  Folding folding_;
  std::size_t most_;
  Duration least_gap_;
  const DetailThread* thread_ = nullptr;
  Places roots_, first_, next_;  // of the thread: its outermost items; the others by item
  std::vector<WaterfallLine> lines_;
};

// Keeps the lines with the most time, and whatever is around them: a caller takes as long as what
// it calls, at least, and stands before it.
void leave_out(Waterfall& all, std::size_t limit) {
  if (all.lines.size() <= limit) return;
  std::vector<std::size_t> order(all.lines.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  const auto weight = [&](std::size_t i) {
    const WaterfallLine& line = all.lines[i];
    if (line.is_error || line.kind == WaterfallLine::Kind::kWorker) return Duration::max();
    return std::max(line.to - line.from, line.total);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  all.left_out = all.lines.size() - limit;
  order.resize(limit);
  std::sort(order.begin(), order.end());
  std::vector<WaterfallLine> kept;
  for (const std::size_t i : order)
    kept.push_back(std::move(all.lines[i]));
  all.lines = std::move(kept);
}

}  // namespace

Waterfall waterfall(const TraceSet& set, const ExecutionDetail& detail, std::size_t limit) {
  Waterfall all;
  for (const Folding folding : {Folding::kNothing, Folding::kRuns, Folding::kFunctions}) {
    const bool is_last = folding == Folding::kFunctions;
    Builder builder(set, detail, folding, is_last ? 0 : limit);
    if (!builder.build()) continue;
    all.folding = folding;
    all.lines = builder.take();
    if (limit > 0) leave_out(all, limit);
    break;
  }
  return all;
}

}  // namespace pgrec
