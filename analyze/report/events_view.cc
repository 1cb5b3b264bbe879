#include "analyze/report/events_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "analyze/calls/event_arguments.h"
#include "analyze/calls/event_groups.h"
#include "analyze/report/execution_lines.h"
#include "analyze/report/view_result.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

SqlValue count_or_null(std::uint64_t number) {
  return number == 0 ? SqlValue() : as_value(number);
}

// As text shows it: beside nothing else is it of use to know that it is a USDT probe.
std::string short_name(const std::string& name) {
  constexpr std::string_view kUsdt = "usdt:";
  return name.starts_with(kUsdt) ? name.substr(kUsdt.size()) : name;
}

// The first events in order of time.
class List final : public ClassEventSink {
 public:
  explicit List(std::size_t most) : most_(most) {}

  void event(const ClassEvent& event) override {
    const Key key{event.at, event.number};
    if (rows_.size() == most_ && (rows_.empty() || std::prev(rows_.end())->first < key)) {
      ++left_out_;
      return;
    }
    const EventClass* const described = event.described();
    const std::string name = class_name(described, event.event_class);
    SqlValue execution;
    if (event.execution) execution = as_value(value(*event.execution));
    rows_.emplace(key, std::vector<SqlValue>{exact_time(event.at), std::int64_t{event.thread.pid},
                                             SqlValue(), short_name(name), execution,
                                             arguments_text(described, event.arguments),
                                             to_ns(event.at), std::int64_t{event.thread.tid}, name,
                                             arguments_json(described, event.arguments),
                                             std::int64_t{event.file->trace}});
    if (rows_.size() <= most_) return;
    rows_.erase(std::prev(rows_.end()));
    ++left_out_;
  }
  void pair(const ClassEvent& start, const ClassEvent& end) override {
    const auto row = rows_.find(Key{start.at, start.number});
    if (row != rows_.end()) row->second[2] = (end.at - start.at).count();
  }

  std::vector<std::vector<SqlValue>> take() {
    std::vector<std::vector<SqlValue>> rows;
    rows.reserve(rows_.size());
    for (auto& [key, row] : rows_)
      rows.push_back(std::move(row));
    return rows;
  }
  std::uint64_t left_out() const { return left_out_; }

 private:
  using Key = std::pair<Timestamp, std::uint64_t>;
  std::size_t most_;
  std::map<Key, std::vector<SqlValue>> rows_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::vector<Table> events_view(Analysis& analysis) {
  Table table{"events",
              "events",
              {{"event", "event"},
               {"what", "of", Unit::kPlain, Shown::kWhereAny},
               {"hits", "hits", Unit::kCount},
               {"total_ns", "total", Unit::kDurationNs, Shown::kWhereAny},
               {"mean_ns", "mean", Unit::kDurationNs, Shown::kWhereAny},
               {"p50_ns", "", Unit::kDurationNs, Shown::kNever},
               {"p99_ns", "p99", Unit::kDurationNs, Shown::kWhereAny},
               {"max_ns", "max", Unit::kDurationNs, Shown::kWhereAny},
               {"done", "", Unit::kCount, Shown::kNever},
               {"unended", "no end", Unit::kCount, Shown::kWhereAny},
               {"unstarted", "no start", Unit::kCount, Shown::kWhereAny},
               {"first_ns", "", Unit::kPlain, Shown::kNever},
               {"last_ns", "", Unit::kPlain, Shown::kNever},
               {"class", "", Unit::kPlain, Shown::kNever},
               {"arguments", "", Unit::kPlain, Shown::kNever}},
              {}};
  for (const EventGroup& group :
       group_events(analysis.set(), analysis.calls(), analysis.options())) {
    const bool any = group.done > 0, hit = group.hits > 0;
    SqlValue what;
    if (group.is_rest) {
      what = std::string("(others)");
    } else if (!group.what.empty()) {
      what = group.what;
    }
    const auto mean =
        any ? std::optional(group.total / static_cast<std::int64_t>(group.done)) : std::nullopt;
    table.rows.push_back(
        {short_name(group.name), std::move(what), as_value(group.hits),
         known_or_null(any, group.total), as_value(mean), as_value(group.percentile(50)),
         as_value(group.percentile(99)), known_or_null(any, group.longest),
         group.is_pair ? as_value(group.done) : SqlValue(), count_or_null(group.unended),
         count_or_null(group.unstarted), hit ? SqlValue(to_ns(group.first)) : SqlValue(),
         hit ? SqlValue(to_ns(group.last)) : SqlValue(), group.class_name, group.arguments});
  }
  std::vector<Table> tables;
  tables.push_back(std::move(table));
  return tables;
}

std::vector<Table> event_list_view(Analysis& analysis, std::size_t most) {
  List list(most);
  for_each_class_event(analysis.set(), analysis.calls(), list, analysis.options());
  Table table{"event_list",
              "events",
              {{"at", "at"},
               {"pid", "pid"},
               {"duration_ns", "took", Unit::kDurationNs, Shown::kWhereAny},
               {"event", "event"},
               {"execution_id", "execution", Unit::kPlain, Shown::kWhereAny},
               {"what", "arguments"},
               {"ts_ns", "", Unit::kPlain, Shown::kNever},
               {"tid", "", Unit::kPlain, Shown::kNever},
               {"class", "", Unit::kPlain, Shown::kNever},
               {"arguments", "", Unit::kPlain, Shown::kNever},
               {"trace", "", Unit::kPlain, Shown::kNever}},
              list.take()};
  if (list.left_out() > 0) {
    const std::size_t shown = table.rows.size();
    table.title = fmt::format("events: the first {} of {}", count_text(shown),
                              count_text(shown + list.left_out()));
  }
  std::vector<Table> tables;
  tables.push_back(std::move(table));
  return tables;
}

}  // namespace pgrec
