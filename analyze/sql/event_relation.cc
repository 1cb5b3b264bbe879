#include "analyze/sql/event_relation.h"

#include <algorithm>
#include <map>
#include <optional>

#include "analyze/calls/chunks_ahead.h"
#include "analyze/calls/events_of_chunk.h"
#include "analyze/sql/bounds.h"
#include "analyze/sql/row_batch.h"
#include "analyze/sql/wall_clock.h"
#include "format/print/json_line.h"

namespace pgrec {
namespace {

struct EventColumn {
  enum : int {
    kTs,
    kPid,
    kTid,
    kClass,
    kExecution,
    kArguments,
    kTrace,
    kAt,
  };
};

// The bits of a row's number that tell it from others of its chunk.
constexpr unsigned kBitsInChunk = 21;

std::vector<RelationColumn> event_columns() {
  return {{"ts_ns", ColumnKind::kInteger},        {"pid", ColumnKind::kInteger},
          {"tid", ColumnKind::kInteger},          {"class", ColumnKind::kText},
          {"execution_id", ColumnKind::kInteger}, {"arguments", ColumnKind::kText},
          {"trace", ColumnKind::kInteger},        {"at", ColumnKind::kText}};
}

class Events final : public Cursor {
 public:
  Events(SetSource& source, const Scan& scan)
      : source_(source), batch_(event_columns(), scan.columns) {
    NumberRange traces;
    for (const Bound& bound : scan.bounds) {
      const bool is_class = bound.column == EventColumn::kClass;
      const NumberRange range = is_class ? NumberRange{} : range_of(bound);
      if (is_class) class_ = std::get<std::string>(bound.value);
      if (bound.column == EventColumn::kTs) wish_.times.narrow(range);
      if (bound.column == EventColumn::kPid) wish_.pids.narrow(range);
      if (bound.column == EventColumn::kTrace) traces.narrow(range);
    }
    wish_.with_arguments = batch_.wants(EventColumn::kArguments);
    const ChunkList& chunks = source.chunks();
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      const ChunkList::One& one = chunks[i];
      const bool overlaps =
          wish_.times.from <= to_ns(one.last()) && wish_.times.to >= to_ns(one.first());
      if (overlaps && traces.has(one.file->trace)) wanted_.push_back(i);
    }
    ahead_.emplace(
        chunks, [this] { return std::make_unique<EventWorker>(wish_); },
        source.analysis().options().threads);
  }

  bool next(Block& block) override {
    batch_.clear();
    while (batch_.size() == 0) {
      if (!events_ || at_ == events_->events.size()) {
        if (!load()) return false;
        continue;
      }
      const std::size_t end = std::min(at_ + Block::kRows, events_->events.size());
      for (; at_ < end; ++at_)
        write(events_->events[at_]);
    }
    batch_.fill(block, true);
    return true;
  }

 private:
  bool load() {
    if (taken_ == wanted_.size()) return false;
    while (asked_ < wanted_.size() && ahead_->asked() < ahead_->room())
      ahead_->ask(wanted_[asked_++]);
    chunk_ = wanted_[taken_++];
    events_.reset(static_cast<EventsOfChunk*>(ahead_->take().release()));
    at_ = 0;
    return true;
  }

  const EventClass* described(const TraceSet::File& file, ClassId id) {
    auto& known = classes_[{file.number, id}];
    if (!known.first) {
      known.first = true;
      // Of two rows with one id the first holds.
      for (const EventClass& one : file.reader.classes()) {
        if (one.id != id) continue;
        known.second = &one;
        break;
      }
    }
    return known.second;
  }

  void write(const ClassHit& event) {
    const TraceSet::File& file = *source_.chunks()[chunk_].file;
    const EventClass* const about = described(file, event.event_class);
    const std::string name =
        about ? about->name : "class " + std::to_string(value(event.event_class));
    if (class_ && name != *class_) return;
    batch_.begin_row(static_cast<std::int64_t>(chunk_ << kBitsInChunk | event.number));
    batch_.put(EventColumn::kTs, to_ns(event.at));
    batch_.put(EventColumn::kPid, std::int64_t{event.thread.pid});
    batch_.put(EventColumn::kTid, std::int64_t{event.thread.tid});
    batch_.put(EventColumn::kClass, std::string_view(name));
    if (batch_.wants(EventColumn::kExecution) && event.execution != kNoExecution) {
      const ExecutionId shown = source_.shown().shown(file, event.execution);
      batch_.put(EventColumn::kExecution, static_cast<std::int64_t>(value(shown)));
    }
    if (batch_.wants(EventColumn::kArguments) && about)
      batch_.put(EventColumn::kArguments,
                 std::string_view(arguments_text(*about, event.arguments)));
    batch_.put(EventColumn::kTrace, std::int64_t{file.trace});
    if (batch_.wants(EventColumn::kAt))
      batch_.put(EventColumn::kAt, sortable_utc_text(source_.set(), file, event.at));
  }

  SetSource& source_;
  RowBatch batch_;
  EventWish wish_;
  std::optional<std::string> class_;
  std::map<std::pair<std::uint32_t, ClassId>, std::pair<bool, const EventClass*>> classes_;
  std::vector<std::size_t> wanted_;
  std::size_t asked_ = 0, taken_ = 0;
  std::size_t chunk_ = 0;
  std::unique_ptr<EventsOfChunk> events_;
  std::size_t at_ = 0;
  std::optional<ChunksAhead> ahead_;
};

}  // namespace

std::string arguments_text(const EventClass& event_class, const ArgumentValues& arguments) {
  JsonLine line;
  for (std::size_t i = 0; i < std::min(arguments.size(), event_class.arguments.size()); ++i) {
    const std::string& name = event_class.arguments[i].name;
    if (const auto* number = std::get_if<std::uint64_t>(&arguments[i]))
      line.add(name, *number);
    else if (const auto* signed_number = std::get_if<std::int64_t>(&arguments[i]))
      line.add(name, *signed_number);
    else if (const auto* real = std::get_if<double>(&arguments[i]))
      line.add(name, *real);
    else if (const auto* text = std::get_if<std::string>(&arguments[i]))
      line.add(name, *text);
    else
      line.add_null(name);
  }
  return line.text();
}

std::vector<RelationColumn> EventRelation::columns() const {
  return event_columns();
}

Plan EventRelation::best_plan(const Question& question) {
  Plan plan;
  const double calls = source_->is_empty() ? 1e8 : static_cast<double>(source_->set().calls());
  plan.rows = calls / 50 + 1;
  plan.cost = calls / 20 + 1000;
  for (const Constraint& one : question.constraints) {
    const bool is_used = one.column == EventColumn::kTs || one.column == EventColumn::kPid ||
                         one.column == EventColumn::kClass || one.column == EventColumn::kTrace;
    plan.uses.push_back(is_used ? Plan::Use::kExact : Plan::Use::kNone);
    if (is_used) plan.rows *= 0.2;
    if (one.column == EventColumn::kTs) plan.cost *= 0.2;
  }
  plan.rows = std::max(plan.rows, 1.0);
  return plan;
}

std::unique_ptr<Cursor> EventRelation::open(const Scan& scan) {
  if (source_->is_empty()) return std::make_unique<NoRows>();
  return std::make_unique<Events>(*source_, scan);
}

}  // namespace pgrec
