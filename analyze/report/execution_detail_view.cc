#include "analyze/report/execution_detail_view.h"

#include <string>
#include <utility>

#include "analyze/calls/event_arguments.h"
#include "analyze/filter/moment.h"
#include "analyze/report/execution_lines.h"
#include "analyze/report/view_result.h"
#include "analyze/report/waterfall.h"
#include "format/postgres/measures.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

SqlValue number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}
// The rows of one thread.
class Rows {
 public:
  Rows(const TraceSet& set, const ExecutionDetail& detail, Table& table)
      : set_(set),
        begun_(detail.execution().begun),
        least_gap_(
            std::max((detail.threads.front().over - detail.execution().begun) * kGapPercent / 100,
                     Duration{1})),
        table_(table) {}

  void add(const DetailThread& thread) {
    std::optional<Timestamp> at = thread.run.begun;
    for (const DetailItem& item : thread.items) {
      if (item.kind == DetailItem::Kind::kEvent) {
        add_event(thread, item);
        continue;
      }
      if (item.depth == 0) {
        if (at && item.outcome != Outcome::kHeadless) add_gap(thread, *at, item.begun);
        at.reset();
        if (item.duration || item.at_most) at = item.over();
      }
      add_call(thread, item);
    }
    if (at && !thread.run.end_lost) add_gap(thread, *at, thread.over);
  }

 private:
  std::vector<SqlValue>& row(const DetailThread& thread, const char* kind, Timestamp at) {
    auto& row = table_.rows.emplace_back(table_.columns.size());
    row[0] = std::string(kind);
    row[4] = (at - begun_).count();
    row[5] = to_ns(at);
    row[11] = std::int64_t{thread.run.thread.pid};
    row[12] = std::int64_t{thread.run.thread.tid};
    row[13] = number(value(thread.run.id));
    return row;
  }
  void add_call(const DetailThread& thread, const DetailItem& item) {
    auto& cells = row(thread, "call", item.begun);
    cells[1] = number(value(item.id));
    set_parent(thread, item, cells);
    cells[6] = as_value(item.duration);
    cells[7] = as_value(item.self);
    cells[8] = as_value(item.at_most);
    cells[9] = set_.function_name(item.function);
    cells[10] = std::string(name(item.outcome));
  }
  void add_event(const DetailThread& thread, const DetailItem& item) {
    const DetailEvent& event = thread.events[item.event];
    auto& cells = row(thread, "event", item.begun);
    set_parent(thread, item, cells);
    cells[9] = class_name(event.described, event.event_class);
    cells[14] = arguments_json(event.described, event.arguments);
  }
  static void set_parent(const DetailThread& thread, const DetailItem& item,
                         std::vector<SqlValue>& cells) {
    cells[3] = std::int64_t{item.depth};
    if (item.parent != DetailItem::kNone) cells[2] = number(value(thread.items[item.parent].id));
  }
  void add_gap(const DetailThread& thread, Timestamp from, Timestamp to) {
    if (to - from < least_gap_) return;
    auto& cells = row(thread, "gap", from);
    cells[3] = std::int64_t{0};
    cells[6] = (to - from).count();
  }

  const TraceSet& set_;
  Timestamp begun_;
  Duration least_gap_;
  Table& table_;
};

const char* kind_of(const ExecutionRecord& run) {
  switch (run.facts.kind) {
    case ExecutionFacts::Kind::kPreparation:
      return "preparation";
    case ExecutionFacts::Kind::kWorkerRun:
      return "worker";
    case ExecutionFacts::Kind::kRun:
      break;
  }
  return "execution";
}

Table execution_table(Analysis& analysis, const ExecutionDetail& detail) {
  const ExecutionRecord& run = detail.execution();
  Table table{"execution", "", {}, {{}}};
  const auto add = [&](std::string key, SqlValue value) {
    table.columns.push_back({std::move(key), "", Unit::kPlain, Shown::kNever});
    table.rows.front().push_back(std::move(value));
  };
  const ProcessLives::Life* const life = process_of(run);
  const ProcessIdentity who = life ? life->identity : ProcessIdentity{};
  const Session session = session_of(run);
  const auto text = analysis.texts().find(*run.file, run.own_text());
  const bool has_text = text && !text->withheld && !text->unreadable;
  const auto real = analysis.set().realtime_ns(*run.file, run.begun);
  add("execution_id", number(value(run.id)));
  add("kind", std::string(kind_of(run)));
  add("leader_execution_id", detail.of ? number(value(*detail.of)) : SqlValue());
  add("text", has_text ? SqlValue(text->text) : SqlValue());
  add("fingerprint",
      text && text->fingerprint != 0 ? SqlValue(fingerprint_text(text->fingerprint)) : SqlValue());
  add("query_id", as_value(run.facts.query_id));
  add("pid", std::int64_t{run.thread.pid});
  add("backend_type", as_value(who.backend_type));
  add("database", as_value(who.database));
  add("user", as_value(session.user));
  add("application", as_value(session.application));
  add("client", as_value(who.client));
  add("ts_ns", to_ns(run.begun));
  add("at", real ? SqlValue(wall_clock_text(*real)) : SqlValue());
  add("duration_ns", as_value(run.duration));
  add("prepare_ns", as_value(run.facts.prepare_ns));
  add("run_ns", as_value(run_ns(run)));
  add("running_ns", as_value(run.facts.running_ns));
  add("outcome", std::string(outcome_of(run)));
  add("sqlstate", as_value(run.facts.sqlstate));
  for (std::size_t i = 0; i < kMeasures.size(); ++i)
    add(std::string(kMeasures[i].name), as_value(run.facts.measures[i]));
  add("workers", number(detail.threads.size() - 1));
  add("left_out", number(detail.left_out()));
  add("trace", std::int64_t{run.file->trace});
  add("file", run.file->reader.name());
  return table;
}

}  // namespace

std::vector<Table> execution_detail_tables(Analysis& analysis, const ExecutionDetail& detail) {
  Table calls{"calls",
              "",
              {{"kind", ""},
               {"call_id", ""},
               {"parent_id", ""},
               {"depth", ""},
               {"offset_ns", ""},
               {"ts_ns", ""},
               {"duration_ns", ""},
               {"self_ns", ""},
               {"at_most_ns", ""},
               {"function", ""},
               {"outcome", ""},
               {"pid", ""},
               {"tid", ""},
               {"execution_id", ""},
               {"arguments", ""}},
              {}};
  Rows rows(analysis.set(), detail, calls);
  for (const DetailThread& thread : detail.threads)
    rows.add(thread);
  std::vector<Table> tables;
  tables.push_back(std::move(calls));
  tables.push_back(execution_table(analysis, detail));
  return tables;
}

}  // namespace pgrec
