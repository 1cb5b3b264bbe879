#include "analyze/report/execution_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <ostream>
#include <string_view>
#include <vector>

#include "analyze/filter/moment.h"
#include "analyze/report/waterfall.h"
#include "format/postgres/measures.h"
#include "format/print/join.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kOffsetColumn = 10, kTimeColumn = 9;
constexpr std::size_t kWidthWithSelf = 64;  // a narrower screen has no self times
constexpr std::size_t kLeastName = 6;
constexpr std::size_t kAnyWidthAs = 120;

// `text` cut to `columns`.
std::string fitted(std::string_view text, std::size_t columns) {
  const std::string whole = one_line(text, kAnyWidth);
  if (columns == kAnyWidth || columns_of(whole) <= columns) return whole;
  std::string cut;
  std::string_view rest = whole;
  for (std::size_t i = 0; i + 1 < columns && !rest.empty(); ++i) {
    const Character next = first_character(rest);
    cut += next.bytes;
    rest.remove_prefix(next.bytes.size());
  }
  return cut + "…";
}

std::string right(const std::string& text, std::size_t columns) {
  const std::size_t has = columns_of(text);
  return std::string(has < columns ? columns - has : 0, ' ') + text;
}

// Offsets into an execution, all in one unit, fine enough to tell its calls apart.
class Offsets {
 public:
  explicit Offsets(Duration length) {
    if (length >= std::chrono::seconds(10)) {
      unit_ = "s";
      divisor_ = 1e9;
      digits_ = 6;
    } else if (length >= std::chrono::milliseconds(10)) {
      unit_ = "ms";
      divisor_ = 1e6;
    }
  }
  std::string heading() const { return std::string("at ") + unit_; }
  std::string text(Duration offset) const {
    return fixed_text(static_cast<double>(offset.count()) / divisor_, digits_);
  }

 private:
  const char* unit_ = "us";
  double divisor_ = 1e3;
  int digits_ = 3;
};

class Printer {
 public:
  Printer(std::ostream& out, Analysis& analysis, const ExecutionDetail& detail,
          const ExecutionLinesOptions& options)
      : out_(out),
        analysis_(analysis),
        detail_(detail),
        run_(detail.execution()),
        width_(options.width == kAnyWidth ? kAnyWidthAs : options.width),
        text_width_(options.width),
        offsets_(detail.over() - run_.begun),
        bar_(std::clamp<std::size_t>(width_ / (has_self() ? 4 : 5), 8, 48)) {}

  void print(std::size_t limit) {
    head();
    out_ << "\n";
    const Waterfall lines = waterfall(analysis_.set(), detail_, limit);
    out_ << right(offsets_.heading(), kOffsetColumn) << time("took");
    if (has_self()) out_ << time("self");
    out_ << "\n";
    for (const WaterfallLine& line : lines.lines)
      one(line);
    foot(lines);
  }

 private:
  void fact(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    const std::size_t room = text_width_ == kAnyWidth ? kAnyWidth : text_width_ - 13;
    out_ << fmt::format("  {:<11}", label) << fitted(text, room) << "\n";
  }

  void head() {
    const char* what = "execution";
    if (run_.facts.kind == ExecutionFacts::Kind::kPreparation) what = "preparation";
    if (run_.facts.kind == ExecutionFacts::Kind::kWorkerRun) what = "worker's run";
    out_ << what << " " << value(run_.id) << "\n";
    if (run_.facts.kind == ExecutionFacts::Kind::kPreparation)
      fact("", "no execution: the statement was only prepared");
    if (detail_.of) {
      fact("of", fmt::format("execution {}", value(*detail_.of)));
    } else if (run_.facts.leader_pid) {
      fact("of", fmt::format("an execution of pid {}", *run_.facts.leader_pid));
    }
    fact("text", text());
    fact("process", process());
    std::string begun = exact_time(run_.begun);
    if (const auto real = analysis_.set().realtime_ns(*run_.file, run_.begun))
      begun += ", " + wall_clock_text(*real);
    fact("began", begun);
    fact("took", took());
    const std::string outcome = outcome_of(run_);
    fact("outcome", run_.facts.sqlstate ? outcome + " " + *run_.facts.sqlstate : outcome);
    measures();
    if (run_.facts.query_id) fact("query id", std::to_string(*run_.facts.query_id));
    std::string trace = run_.file->reader.name();
    if (analysis_.set().traces() > 1) trace = fmt::format("{}: {}", run_.file->trace, trace);
    fact("trace", trace);
  }

  std::string text() {
    const auto text = analysis_.texts().find(*run_.file, run_.own_text());
    if (!text) return "not known";
    if (text->withheld) return "not recorded";
    if (text->unreadable) return "could not be read";
    return text->cut ? text->text + "…" : text->text;
  }

  std::string process() {
    std::vector<std::string> parts = {fmt::format("pid {}", run_.thread.pid)};
    const auto add = [&](const char* what, const std::string& who) {
      if (!who.empty()) parts.push_back(fmt::format("{}{}", what, who));
    };
    const ProcessLives::Life* const life = process_of(run_);
    const Session session = session_of(run_);
    if (life) add("", life->identity.backend_type.value_or(""));
    if (life) add("database ", life->identity.database.value_or(""));
    add("user ", session.user);
    add("application ", session.application);
    return join(parts, ", ");
  }

  std::string took() {
    std::vector<std::string> parts;
    if (run_.duration) {
      parts.push_back(duration_text(*run_.duration));
    } else if (!run_.end_lost) {
      parts.push_back(fmt::format("still ran after {}",
                                  duration_text(detail_.threads.front().over - run_.begun)));
    } else {
      parts.emplace_back("not known");
    }
    if (run_.facts.running_ns)
      parts.push_back(fmt::format("began {} before the trace",
                                  duration_text(Duration(*run_.facts.running_ns))));
    if (run_.facts.prepare_ns)
      parts.push_back(fmt::format("prepared {}", duration_text(Duration(*run_.facts.prepare_ns))));
    if (const auto ns = run_ns(run_))
      parts.push_back(fmt::format("ran {}", duration_text(Duration(*ns))));
    Duration probed{};
    for (const DetailItem& item : detail_.threads.front().items) {
      if (item.depth == 0) probed = add_capped(probed, item.duration.value_or(Duration{}));
    }
    parts.push_back(fmt::format("{} in probed functions", duration_text(probed)));
    return join(parts, ", ");
  }

  void measures() {
    std::vector<std::string> blocks, wal;
    for (std::size_t i = 0; i < kMeasures.size(); ++i) {
      const auto& number = run_.facts.measures[i];
      if (!number) continue;
      const std::string_view name = kMeasures[i].name;
      const auto count = static_cast<std::uint64_t>(*number);
      if (name == "rows") {
        fact("rows", count_text(count));
      } else if (name == "wal_bytes") {
        wal.push_back(bytes_text(count));
      } else if (name.starts_with("wal_")) {
        wal.push_back(name == "wal_fpi" ? plural(count, "full page") : plural(count, "record"));
      } else if (*number != 0) {
        std::string words(name);
        std::replace(words.begin(), words.end(), '_', ' ');
        blocks.push_back(fmt::format("{} {}", words, count_text(count)));
      }
    }
    fact("blocks", join(blocks, ", "));
    const auto& bytes = run_.facts.measures[kMeasures.size() - 1];
    if (bytes && *bytes > 0) fact("WAL", join(wal, ", "));
  }

  // Where in the execution it was.
  std::string bar(const WaterfallLine& line) const {
    const double length =
        std::max<double>(1, static_cast<double>((detail_.over() - run_.begun).count()));
    const auto place = [&](Timestamp at) {
      const double share = static_cast<double>((at - run_.begun).count()) / length;
      return std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_);
    };
    const double from = place(line.from), to = place(line.to);
    const auto first = std::min(static_cast<std::size_t>(from), bar_ - 1);
    const char* mark = line.kind == WaterfallLine::Kind::kGap ? "·"
                       : line.not_returned > 0                ? "░"
                                                              : "█";
    std::size_t cells = 1;
    if (line.kind == WaterfallLine::Kind::kEvent && line.count == 1) {
      mark = "•";
    } else if (line.kind == WaterfallLine::Kind::kEvent) {
      mark = "·";
    } else if (to - from < 0.5) {
      mark = line.not_returned > 0 ? mark : "▏";
    }
    const auto end = std::min(static_cast<std::size_t>(to + 0.5), bar_);
    if (end > first + 1) cells = end - first;
    std::string text(first, ' ');
    for (std::size_t i = 0; i < cells; ++i)
      text += mark;
    return text + std::string(bar_ - first - cells, ' ');
  }

  std::string name_of(const WaterfallLine& line) const {
    if (line.kind == WaterfallLine::Kind::kGap) {
      return line.count > 1 ? fmt::format("not in a probed function × {}", count_text(line.count))
                            : "not in a probed function";
    }
    if (line.kind == WaterfallLine::Kind::kWorker) return "worker pid " + line.name;
    std::string name = line.name;
    if (line.kind == WaterfallLine::Kind::kEvent) {
      if (name.starts_with("usdt:")) name.erase(0, 5);
      if (line.count > 1) name += fmt::format(" × {}", count_text(line.count));
      if (!line.arguments.empty()) name += ": " + line.arguments;
      return name;
    }
    if (line.count > 1) {
      name += fmt::format(" × {}", count_text(line.count));
      if (line.longest > Duration{})
        name += fmt::format(", longest {}", duration_text(line.longest));
      if (line.not_returned > 0)
        name += fmt::format(", {} did not return", count_text(line.not_returned));
    } else if (line.not_returned > 0) {
      name += fmt::format(", {}", pgrec::name(line.outcome));
    }
    return name;
  }

  void one(const WaterfallLine& line) {
    std::string took, self;
    if (line.kind == WaterfallLine::Kind::kCall) {
      const bool any = line.not_returned < line.count;
      if (any) {
        took = duration_text(line.total);
        self = duration_text(line.self);
      } else if (line.at_most > Duration{}) {
        took = at_most_text(line.at_most);
      } else {
        took = "-";
      }
    } else if (line.kind != WaterfallLine::Kind::kEvent) {
      took = duration_text(line.total);
    }
    const std::size_t indent = std::min<std::size_t>(2ull * line.depth, 40);
    const std::size_t times = (has_self() ? 2 : 1) * (kTimeColumn + 2);
    const std::size_t used = kOffsetColumn + times + 2 + bar_ + 2;
    const std::size_t room = text_width_ == kAnyWidth     ? kAnyWidth
                             : width_ > used + kLeastName ? width_ - used
                                                          : kLeastName;
    const std::string name =
        std::string(std::min(indent, room / 3), ' ') + one_line(name_of(line), kAnyWidth);
    out_ << right(offsets_.text(line.from - run_.begun), kOffsetColumn) << time(took);
    if (has_self()) out_ << time(self);
    out_ << "  " << bar(line) << "  " << cut_name(name, room) << "\n";
  }
  bool has_self() const { return width_ >= kWidthWithSelf; }
  static std::string time(const std::string& text) { return "  " + right(text, kTimeColumn); }
  // Keeps the blanks before it.
  static std::string cut_name(const std::string& name, std::size_t room) {
    const std::size_t blanks = name.find_first_not_of(' ');
    if (blanks == std::string::npos || room == kAnyWidth) return name;
    return name.substr(0, blanks) + fitted(std::string_view(name).substr(blanks), room - blanks);
  }

  void foot(const Waterfall& lines) {
    const auto say = [&](const std::string& text) { out_ << fitted(text, text_width_) << "\n"; };
    if (lines.folding == Waterfall::Folding::kRuns)
      say("one line for calls of one function in a row; --limit 0 shows each");
    if (lines.folding == Waterfall::Folding::kFunctions)
      say("one line for all calls of a function by one caller; --limit 0 shows each");
    if (lines.left_out > 0)
      say(plural(lines.left_out, "line") + " with the least time left out (--limit)");
    if (detail_.left_out() > 0)
      say(fmt::format("calls and events that had no room: {}", count_text(detail_.left_out())));
  }

  std::ostream& out_;
  Analysis& analysis_;
  const ExecutionDetail& detail_;
  const ExecutionRecord& run_;
  std::size_t width_, text_width_;
  Offsets offsets_;
  std::size_t bar_;
};

}  // namespace

std::string exact_time(Timestamp at) {
  const std::int64_t ns = to_ns(at);
  const auto unsigned_ns = static_cast<std::uint64_t>(ns < 0 ? -(ns + 1) : ns) + (ns < 0 ? 1 : 0);
  return fmt::format("{}{}.{:09}s", ns < 0 ? "-" : "", unsigned_ns / 1'000'000'000,
                     unsigned_ns % 1'000'000'000);
}

void print_execution(std::ostream& out, Analysis& analysis, const ExecutionDetail& detail,
                     const ExecutionLinesOptions& options) {
  Printer(out, analysis, detail, options).print(options.limit);
}

}  // namespace pgrec
