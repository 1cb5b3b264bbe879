#include "analyze/sql/call_scan.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>

#include "analyze/calls/chunks_ahead.h"
#include "analyze/sql/bounds.h"
#include "analyze/sql/call_columns.h"

namespace pgrec {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

class CallScan final : public Cursor {
 public:
  CallScan(SetSource& source, const Scan& scan, bool by_end)
      : source_(source),
        conditions_(source, scan, by_end),
        blocks_(source, scan.columns),
        all_functions_(conditions_.wish.functions),
        all_other_functions_(conditions_.wish.other_functions) {
    CallWish& wish = conditions_.wish;
    wish.where_they_end = by_end;
    finds_ends_ = !by_end && wish.fields.any_of_end();
    if (!scan.order.empty()) {
      const Order& order = scan.order.front();
      wish.sorted = order.column == kCallTs;
      if (order.column == kCallFunction || order.column == kCallFunctionId) plan_passes(order);
    }
    if (wish.sorted) wish.fields.add(CallField::kBegun);
    if (!conditions_.is_none) begin_pass();
  }

  bool next(Block& block) override {
    if (conditions_.is_none) return false;
    while (true) {
      drop_used();
      if (sources_.empty() || must_load_first()) {
        if (load()) continue;
        if (sources_.empty() && !next_pass()) return false;
        continue;
      }
      auto source = first_source();
      // The next chunk says how most of its open calls ended, and will be needed anyway.
      if (finds_ends_ && has_open(*source) && sources_.size() == 1 && load()) continue;
      give(block, *source);
      return true;
    }
  }

 private:
  // What gives rows: a chunk, or the ids of lost chunks in front of one.
  struct Entry {
    std::size_t chunk = 0;
    bool is_gap = false;
    std::int64_t first = 0;  // no row began before
  };
  struct Source {
    std::size_t chunk = 0;
    std::unique_ptr<CallsOfChunk> calls;
    std::size_t at = 0;
    std::int64_t head() const { return calls->rows.number(CallField::kBegun, at); }
  };

  void plan_passes(const Order& order);
  bool next_pass();
  void begin_pass();
  void keep_asked();
  void drop_used() {
    std::erase_if(sources_, [](const Source& one) { return one.at == one.calls->rows.size(); });
  }
  bool must_load_first() const;
  bool load();
  void add_lost(std::size_t chunk, std::size_t seen_from, CallId from, CallId to);
  bool wants(const Call& call) const;
  std::deque<Source>::iterator first_source() {
    if (!conditions_.wish.sorted) return sources_.begin();
    return std::min_element(sources_.begin(), sources_.end(),
                            [](const auto& a, const auto& b) { return a.head() < b.head(); });
  }
  // Among its next rows.
  static bool has_open(const Source& source) {
    const auto next =
        std::lower_bound(source.calls->open.begin(), source.calls->open.end(), source.at);
    return next != source.calls->open.end() && *next < source.at + Block::kRows;
  }
  void give(Block& block, Source& source);

  SetSource& source_;
  CallConditions conditions_;
  CallBlocks blocks_;
  bool finds_ends_ = false;
  // Of all passes; each pass has those of one name or id.
  std::vector<std::uint8_t> all_functions_;
  bool all_other_functions_;
  std::vector<std::vector<std::uint32_t>> passes_;
  std::size_t pass_ = 0;
  std::vector<Entry> entries_;
  std::size_t asked_ = 0, loaded_ = 0;  // of the entries
  std::optional<ChunksAhead> ahead_;
  std::deque<Source> sources_;
};

void CallScan::plan_passes(const Order& order) {
  std::vector<std::uint32_t> ids;
  for (const Function& function : source_.set().functions())
    ids.push_back(value(function.id));
  for (TraceSet::File& file : source_.set().files()) {
    for (const auto& [function, sums] : file.reader.summary().functions)
      ids.push_back(value(function_in_set(file, function)));
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (order.column == kCallFunctionId) {
    for (const std::uint32_t id : ids)
      passes_.push_back({id});
  } else {
    std::map<std::string, std::vector<std::uint32_t>> by_name;
    for (const std::uint32_t id : ids)
      by_name[source_.set().function_name(FunctionId{id})].push_back(id);
    for (auto& [name, of_name] : by_name)
      passes_.push_back(std::move(of_name));
  }
  if (order.descending) std::reverse(passes_.begin(), passes_.end());
}

bool CallScan::next_pass() {
  if (pass_ + 1 >= passes_.size()) return false;
  ++pass_;
  begin_pass();
  return true;
}

void CallScan::begin_pass() {
  ahead_.reset();
  sources_.clear();
  entries_.clear();
  asked_ = loaded_ = 0;
  CallWish& wish = conditions_.wish;
  if (!passes_.empty()) {
    wish.functions.assign(passes_[pass_].back() + 1, 0);
    wish.other_functions = false;
    for (const std::uint32_t id : passes_[pass_])
      wish.functions[id] = id < all_functions_.size() ? all_functions_[id] : all_other_functions_;
  }
  const ChunkList& chunks = source_.chunks();
  const TraceSet::File* file = nullptr;
  std::uint64_t functions = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const ChunkList::One& one = chunks[i];
    if (!conditions_.traces.has(one.file->trace)) continue;
    if (one.has_gap() && !wish.where_they_end)
      entries_.push_back({i, true, std::numeric_limits<std::int64_t>::min()});
    if (one.file != file) {
      file = one.file;
      functions = wish.function_mask(*file);
    }
    if (wish.may_be_in(*file, one.chunk.header, functions))
      entries_.push_back({i, false, to_ns(one.first())});
  }
  if (wish.sorted) {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.first < b.first; });
  } else if (!chunks.is_sorted()) {
    std::stable_sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
      return chunks[a.chunk].first_call() < chunks[b.chunk].first_call();
    });
  }
  const ShownExecutions& shown =
      wish.fields.has(CallField::kExecution) ? source_.shown() : source_.not_shown();
  const auto& self_known = source_.self_known();
  ahead_.emplace(
      chunks,
      [&wish, &shown, &self_known] {
        return std::make_unique<CallWorker>(wish, shown, self_known);
      },
      source_.analysis().options().threads);
  if (finds_ends_) source_.ends();
}

void CallScan::keep_asked() {
  for (; asked_ < entries_.size() && ahead_->asked() < ahead_->room(); ++asked_) {
    if (!entries_[asked_].is_gap) ahead_->ask(entries_[asked_].chunk);
  }
}

// Rows of a chunk that is not loaded may come before those that are.
bool CallScan::must_load_first() const {
  if (!conditions_.wish.sorted || loaded_ == entries_.size()) return false;
  const std::int64_t first = entries_[loaded_].first;
  return std::none_of(sources_.begin(), sources_.end(),
                      [first](const Source& one) { return one.head() <= first; });
}

// Loads the next entry; false where there is none.
bool CallScan::load() {
  if (loaded_ == entries_.size()) return false;
  if (asked_ == loaded_) keep_asked();
  const Entry entry = entries_[loaded_++];
  asked_ = std::max(asked_, loaded_);
  const ChunkList::One& one = source_.chunks()[entry.chunk];
  if (entry.is_gap) {
    add_lost(entry.chunk, entry.chunk, one.gap_from, one.first_call());
    return true;
  }
  auto result = ahead_->take();
  keep_asked();
  if (!result) {
    if (!conditions_.wish.where_they_end)
      add_lost(entry.chunk, entry.chunk + 1, one.first_call(), one.next_call());
    return true;
  }
  auto* const calls = static_cast<CallsOfChunk*>(result.release());
  sources_.push_back({entry.chunk, std::unique_ptr<CallsOfChunk>(calls), 0});
  if (finds_ends_) source_.ends().hold(entry.chunk, std::move(calls->carried));
  return true;
}

// Calls that are known though the chunk in which they began is lost.
void CallScan::add_lost(std::size_t chunk, std::size_t seen_from, CallId from, CallId to) {
  const ChunkList& chunks = source_.chunks();
  if (seen_from >= chunks.end_of_file(chunk)) return;
  auto calls = std::make_unique<CallsOfChunk>();
  const CallWish& wish = conditions_.wish;
  calls->rows = CallRows(wish.fields);
  const TraceSet::File& file = *chunks[chunk].file;
  for (Call& call : source_.ends().lost_begins(seen_from, from, to)) {
    if (!wants(call)) continue;
    if (call.execution && wish.fields.has(CallField::kExecution))
      call.execution = source_.shown().shown(file, *call.execution);
    calls->rows.add(call, source_.self_known()[file.number] != 0);
  }
  if (calls->rows.size() == 0) return;
  if (wish.sorted) calls->rows.sort_by_begin(calls->open);
  sources_.push_back({chunk, std::move(calls), 0});
}

bool CallScan::wants(const Call& call) const {
  const CallWish& wish = conditions_.wish;
  return wish.has_function(value(call.function)) &&
         wish.ids.has(static_cast<std::int64_t>(value(call.id))) &&
         wish.begun.has(to_ns(call.begun)) && wish.pids.has(call.thread.pid) &&
         wish.tids.has(call.thread.tid) && wish.depths.has(call.depth);
}

void CallScan::give(Block& block, Source& source) {
  const CallRows& rows = source.calls->rows;
  std::size_t to = std::min(source.at + Block::kRows, rows.size());
  if (conditions_.wish.sorted) {
    std::int64_t until = loaded_ < entries_.size() ? entries_[loaded_].first : kNever;
    for (const Source& other : sources_) {
      if (&other != &source) until = std::min(until, other.head());
    }
    const std::int64_t* const begun = rows.numbers(CallField::kBegun);
    to = static_cast<std::size_t>(std::upper_bound(begun + source.at, begun + to, until) - begun);
  }
  if (finds_ends_) source_.find_ends(*source.calls, source.chunk, source.at, to);
  blocks_.fill(block, rows, *source_.chunks()[source.chunk].file, source.at, to);
  source.at = to;
}

}  // namespace

bool CallConditions::knows(int column, bool by_end) {
  switch (column) {
    case kCallId:
    case kCallTs:
    case kCallPid:
    case kCallTid:
    case kCallFunction:
    case kCallFunctionId:
    case kCallDepth:
    case kCallTrace:
      return true;
    case kCallDuration:
      return by_end;
    default:
      return false;
  }
}

CallConditions::CallConditions(SetSource& source, const Scan& scan, bool by_end) {
  wish.fields = fields_of(scan.columns);
  wish.where_they_end = by_end;
  NumberRange functions;
  std::optional<std::vector<std::uint32_t>> named;
  for (const Bound& bound : scan.bounds) {
    if (bound.column == kCallFunction) {
      auto ids = source.functions_named(std::get<std::string>(bound.value));
      if (named)
        std::erase_if(ids, [&](std::uint32_t id) {
          return std::find(named->begin(), named->end(), id) == named->end();
        });
      named = std::move(ids);
      continue;
    }
    const NumberRange range = range_of(bound);
    switch (bound.column) {
      case kCallId:
        wish.ids.narrow(range);
        break;
      case kCallTs:
        wish.begun.narrow(range);
        break;
      case kCallPid:
        wish.pids.narrow(range);
        break;
      case kCallTid:
        wish.tids.narrow(range);
        break;
      case kCallDepth:
        wish.depths.narrow(range);
        break;
      case kCallDuration:
        wish.durations.narrow(range);
        break;
      case kCallTrace:
        traces.narrow(range);
        break;
      case kCallFunctionId:
        functions.narrow(range);
        break;
      default:
        break;
    }
  }
  is_none = (named && named->empty()) || functions.is_empty() || wish.ids.is_empty() ||
            wish.begun.is_empty() || wish.pids.is_empty() || wish.tids.is_empty() ||
            wish.depths.is_empty() || wish.durations.is_empty() || traces.is_empty();
  if (is_none || (!named && functions.is_all())) return;
  wish.other_functions = false;
  wish.functions.assign(source.functions_end(), 0);
  if (named) {
    for (const std::uint32_t id : *named)
      wish.functions[id] = functions.has(id);
  } else {
    for (std::size_t id = 0; id < wish.functions.size(); ++id)
      wish.functions[id] = functions.has(static_cast<std::int64_t>(id));
  }
  while (!wish.functions.empty() && wish.functions.back() == 0)
    wish.functions.pop_back();
  is_none = wish.functions.empty();
}

std::unique_ptr<Cursor> scan_of_calls(SetSource& source, const Scan& scan, bool by_end) {
  return std::make_unique<CallScan>(source, scan, by_end);
}

}  // namespace pgrec
