#include "analyze/trace/recording_order.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "format/print/join.h"
#include "format/print/number.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// By what the parts of one recording are known: those of no recording in parts stand alone.
using Key = std::tuple<std::string, std::string, std::int64_t, std::size_t>;

Key key_of(const RecordingFacts& trace, std::size_t number) {
  if (trace.part > 0 && trace.first_part_ns)
    return {trace.host, trace.boot, *trace.first_part_ns, 0};
  return {trace.host, trace.boot, 0, number + 1};
}

// By how much `later` began after `first`, of the same boot or not.
Duration between(const RecordingFacts& first, const RecordingFacts& later) {
  if (first.boot == later.boot && !first.boot.empty() && first.monotonic_ns && later.monotonic_ns)
    return Duration(*later.monotonic_ns - *first.monotonic_ns);
  if (first.began_ns && later.began_ns) return Duration(*later.began_ns - *first.began_ns);
  return {};
}

// How a note calls what was recorded.
std::string server_text(const RecordingFacts& trace) {
  return fmt::format("{} of {}", trace.server.empty() ? "a server" : "PostgreSQL " + trace.server,
                     trace.host.empty() ? "an unknown host" : trace.host);
}

class Order {
 public:
  explicit Order(const std::vector<RecordingFacts>& traces) : traces_(traces) {}

  RecordingOrder run() {
    std::map<Key, std::vector<std::size_t>> recordings;
    for (std::size_t i = 0; i < traces_.size(); ++i)
      recordings[key_of(traces_[i], i)].push_back(i);
    std::vector<std::vector<std::size_t>> all;
    for (auto& [key, members] : recordings) {
      std::stable_sort(members.begin(), members.end(),
                       [&](auto a, auto b) { return traces_[a].part < traces_[b].part; });
      all.push_back(members);
    }
    std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      return began(a.front()) < began(b.front()) ||
             (began(a.front()) == began(b.front()) && a.front() < b.front());
    });
    for (const auto& members : all)
      add(members);
    tell_of_overlaps(all);
    tell_of_servers();
    return std::move(order_);
  }

 private:
  std::int64_t began(std::size_t trace) const {
    return traces_[trace].began_ns.value_or(INT64_MAX);
  }

  void add(const std::vector<std::size_t>& members) {
    ++recording_;
    const RecordingFacts& first = traces_[members.front()];
    if (order_.places.empty()) first_ = members.front();
    const Duration begin = between(traces_[first_], first);
    if (!order_.places.empty() && !first.began_ns)
      order_.notes.push_back(first.file +
                             " does not say when it was recorded: it is taken to "
                             "begin with the first file");
    std::uint64_t part = 0;
    std::string before;
    for (const std::size_t member : members) {
      const RecordingFacts& trace = traces_[member];
      if (part > 0 && trace.part == part) {
        order_.copies.push_back(member);
        order_.notes.push_back(
            fmt::format("{} is part {} again, as {} is: it is left out", trace.file, part, before));
        continue;
      }
      tell_of_missing(part, trace, before);
      order_.places.push_back({member, recording_, begin + between(first, trace)});
      part = trace.part;
      before = trace.file;
    }
  }

  void tell_of_missing(std::uint64_t before, const RecordingFacts& trace, const std::string& file) {
    if (trace.part <= before + 1) return;
    const std::uint64_t first = before + 1;
    const std::string which = first == trace.part - 1
                                  ? fmt::format("part {}", first)
                                  : fmt::format("parts {} to {}", first, trace.part - 1);
    if (before == 0) {
      order_.notes.push_back(fmt::format("{} is the first part here: {} of its recording {} not",
                                         trace.file, which,
                                         first == trace.part - 1 ? "is" : "are"));
      return;
    }
    order_.misses_parts = true;
    order_.notes.push_back(
        fmt::format("{} between {} and {} {} missing: what ran into it has no end", which, file,
                    trace.file, first == trace.part - 1 ? "is" : "are"));
  }

  // Recordings of one boot that ran at a time have the same events twice, perhaps.
  void tell_of_overlaps(const std::vector<std::vector<std::size_t>>& all) {
    for (std::size_t b = 1; b < all.size(); ++b) {
      for (std::size_t a = 0; a < b; ++a) {
        const RecordingFacts& first = traces_[all[a].front()];
        const RecordingFacts& last = traces_[all[a].back()];
        const RecordingFacts& other = traces_[all[b].front()];
        if (first.boot.empty() || first.boot != other.boot) continue;
        const Duration end = between(first, last) + last.length;
        const Duration begin = between(first, other);
        if (begin >= end) continue;
        order_.notes.push_back(fmt::format(
            "{} began {} before {} ended, on the same host: what both recorded is there twice",
            other.file, duration_text(end - begin), last.file));
      }
    }
  }

  void tell_of_servers() {
    std::map<std::string, std::string> servers;  // by what tells them apart
    for (const Place& place : order_.places) {
      const RecordingFacts& trace = traces_[place.trace];
      const std::string apart =
          trace.system.empty() ? trace.host + " " + trace.server : trace.system;
      servers.emplace(apart, server_text(trace));
    }
    if (servers.size() < 2) return;
    std::set<std::string> texts;
    for (const auto& [apart, text] : servers)
      texts.insert(text);
    order_.notes.push_back(fmt::format("these are traces of {} servers ({}), taken together",
                                       servers.size(), join(texts, ", ")));
  }

  const std::vector<RecordingFacts>& traces_;
  RecordingOrder order_;
  std::uint32_t recording_ = 0;
  std::size_t first_ = 0;  // whose time 0 is the set's
};

}  // namespace

RecordingFacts recording_facts(const TraceReader& trace) {
  const auto text = [&](std::string_view key) { return trace.fact(key).value_or(""); };
  const auto number = [&](std::string_view key) { return parse_number<std::int64_t>(text(key)); };
  RecordingFacts facts;
  facts.file = trace.name();
  facts.host = text("host.name");
  facts.boot = text("host.boot_id");
  facts.server = text("server.version");
  facts.system = text("server.system_identifier");
  facts.began_ns = number("recorded.at_ns");
  facts.monotonic_ns = number("recorded.monotonic_ns");
  facts.part = parse_number<std::uint64_t>(text("record.part")).value_or(0);
  facts.first_part_ns = number("record.began_at_ns");
  facts.length = trace.last().time_since_epoch();
  return facts;
}

RecordingOrder order_of(const std::vector<RecordingFacts>& traces) {
  return Order(traces).run();
}

}  // namespace pgrec
