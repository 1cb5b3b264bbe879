#include "analyze/repair/verification.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "format/chunk/chunk_summary.h"
#include "format/postgres/roles_of_classes.h"
#include "format/postgres/text_fingerprint.h"
#include "format/print/join.h"
#include "format/print/number.h"
#include "format/print/units.h"
#include "format/trace/missed_hits.h"

namespace pgrec {
namespace {

using layout::FrameType;

Check check(std::string name, bool good, std::string detail) {
  return {std::move(name), good ? Check::Result::kGood : Check::Result::kBad, std::move(detail)};
}

Check absent(std::string name) {
  return {std::move(name), Check::Result::kAbsent, "the trace was not closed"};
}

// Reads each frame; what does not read becomes damage.
Check check_frames(TraceReader& trace) {
  std::uint64_t good = 0;
  auto chunk = trace.chunks().begin();
  for (const FrameRef& frame : trace.frames()) {
    const bool is_chunk = frame.type == FrameType::kChunk;
    const auto payload = is_chunk ? trace.read(*chunk) : trace.read(frame);
    if (is_chunk) ++chunk;
    if (!payload) continue;
    ++good;
    if (frame.type == FrameType::kTexts && !decode_texts(payload->rest()))
      trace.add_damage(frame, "the table does not decode");
  }
  std::uint64_t bytes = 0;
  for (const Damage& damage : trace.damages())
    bytes += damage.bytes;
  return check("frames", trace.damages().empty(),
               trace.damages().empty()
                   ? fmt::format("{}, every checksum matches", plural(good, "frame"))
                   : fmt::format("{} read; {} with {} that do not", plural(good, "frame"),
                                 plural(trace.damages().size(), "place"), plural(bytes, "byte")));
}

// A walk finds the same list.
Check check_index(const TraceReader& trace) {
  if (!trace.closed()) return absent("index");
  if (!trace.is_by_index()) {
    return check("index", false,
                 fmt::format("cannot be used, {}; the frames were found without it",
                             trace.index_fault().empty() ? "the file does not end with the trace"
                                                         : trace.index_fault()));
  }
  std::uint64_t wrong = 0;
  std::uint64_t unreadable = 0;
  auto chunk = trace.chunks().begin();
  for (const FrameRef& frame : trace.frames()) {
    const auto found = trace.frame_at(frame.offset);
    unreadable += found ? 0 : 1;
    bool same = found && found->header.type == frame.type && found->header.flags == frame.flags &&
                found->header.sequence == frame.sequence &&
                found->header.stored_bytes() == frame.stored_bytes;
    if (frame.type == FrameType::kChunk) {
      ByteReader plain(found ? ByteView(found->plain) : ByteView{});
      ChunkHeader header;
      same = same && get_chunk_header(plain, header) && header == chunk->header;
      ++chunk;
    }
    wrong += found && !same ? 1 : 0;
  }
  if (wrong + unreadable == 0) return check("index", true, "lists the frames as they stand");
  std::vector<std::string> faults;
  if (wrong > 0) faults.push_back(plural(wrong, "frame") + " not as the index says");
  if (unreadable > 0) {
    faults.push_back(plural(unreadable, "frame") +
                     " not compared with it, whose headers do not read");
  }
  return check("index", false, join(faults, "; "));
}

std::optional<std::uint64_t> count_of(const TraceReader& trace, const char* key) {
  return parse_number<std::uint64_t>(trace.fact(key).value_or(""));
}

// Ids go on from chunk to chunk, so a gap tells how many calls are missing. A rebuilt trace has the
// gaps of the one it was made from, and says so.
Check check_order(const TraceReader& trace) {
  std::uint64_t calls = 0;
  std::uint64_t executions = 0;
  bool backwards = false;
  NextIds next;
  const auto skip_to = [&](const NextIds& ids) {
    backwards = backwards || ids.call < next.call || ids.execution < next.execution;
    calls += value(ids.call) - value(next.call);
    executions += value(ids.execution) - value(next.execution);
  };
  for (const ChunkRef& chunk : trace.chunks()) {
    skip_to(chunk.header.ids);
    next = chunk.header.next_ids();
  }
  if (trace.end()) skip_to({CallId{trace.end()->calls}, ExecutionId{trace.end()->executions}});
  if (backwards) return check("order", false, "chunks are not in the order of their ids");
  const std::string chunks = plural(trace.chunks().size(), "chunk");
  if (calls + executions == 0) return check("order", true, chunks + ", ids without a gap");
  const bool told = count_of(trace, "recovered.calls_missing") == calls &&
                    count_of(trace, "recovered.executions_missing") == executions;
  return check("order", told,
               fmt::format("{}; {} and {} are missing{}", chunks, plural(calls, "call"),
                           plural(executions, "execution"), told ? ", as the trace says" : ""));
}

Check check_end(const TraceReader& trace) {
  if (!trace.closed()) return absent("end");
  std::uint64_t events = 0;
  Timestamp last{};
  for (const ChunkRef& chunk : trace.chunks()) {
    events += chunk.header.events;
    last = std::max(last, chunk.header.last);
  }
  const TraceEnd& end = *trace.end();
  const bool good =
      end.events == events && end.lost_events == trace.lost_events() && end.end >= last;
  return check("end", good,
               good ? fmt::format("{}, {}, {}", plural(end.calls, "call"),
                                  plural(end.executions, "execution"), plural(end.events, "event"))
                    : "counts other events, losses or another time than the frames hold");
}

// Adds the summaries to `sum`.
Check check_summaries(TraceReader& trace, Summary& sum) {
  std::uint64_t good = 0;
  for (const ChunkRef& chunk : trace.chunks()) {
    const auto summary = trace.summary_of(chunk);
    if (!summary) continue;
    sum.merge(*summary);
    ++good;
  }
  return check("summaries", good == trace.chunks().size(),
               good == trace.chunks().size()
                   ? "one of each chunk"
                   : count_text(trace.chunks().size() - good) + " of " +
                         plural(trace.chunks().size(), "chunk") + " missing or unreadable");
}

// Takes from each what only the other tells: a total has executions of chunks whose summaries have
// no room for them, and what the executions of a chunk were may be in one that cannot be read.
void keep_what_both_tell(Summary& a, Summary& b) {
  for (auto [from, by] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    if (!by->classes) from->classes.reset();
    if (!by->longest) from->longest.reset();
    if (!by->statements) from->forget_statements();
  }
}

// `sum`: of the summaries.
Check check_total(TraceReader& trace, Summary sum) {
  if (!trace.closed()) return absent("total");
  auto total = trace.total();
  if (!total) return {"total", Check::Result::kAbsent, "there is none that can be used"};
  sum.losses.clear();
  total->losses.clear();
  keep_what_both_tell(sum, *total);
  const bool good = total == sum;
  return check("total", good,
               good ? "is the sum of the summaries" : "is not the sum of the summaries");
}

// fired = recorded + filtered + lost, for each function; of a trace without accounts, for all.
Check check_identity(const TraceReader& trace) {
  if (!trace.closed()) return absent("identity");
  Account all;
  std::map<FunctionId, std::uint64_t> lost;
  std::uint64_t lost_in_all = 0;
  for (const Loss& loss : trace.losses()) {
    if (loss.function) lost[*loss.function] += loss.events;
    lost_in_all += loss.events;
  }
  std::vector<std::string> wrong;
  for (const auto& [id, account] : trace.accounts()) {
    all.merge(account);
    if (account.fired != account.recorded + account.filtered + lost[id])
      wrong.push_back(trace.function_name(id));
  }
  if (trace.accounts().empty()) {
    const auto fired = count_of(trace, "events.fired");
    const auto recorded = count_of(trace, "events.recorded");
    if (!fired || !recorded)
      return {"identity", Check::Result::kAbsent, "the trace does not say how many events fired"};
    all.fired = *fired;
    all.recorded = *recorded;
  }
  const bool good = wrong.empty() && all.fired == all.recorded + all.filtered + lost_in_all;
  if (!good && trace.fact("recovered.from"))
    return {"identity", Check::Result::kAbsent,
            "the trace was rebuilt from one that was not whole"};
  const bool good_for_each = good && !trace.accounts().empty();
  const std::string where = wrong.empty() ? "" : "; not so of " + join(wrong, ", ");
  const std::string filtered =
      all.filtered == 0 ? "" : fmt::format(" + filtered {}", count_text(all.filtered));
  return check(
      "identity", good,
      fmt::format("fired {} {} recorded {}{} + lost {}{}{}", count_text(all.fired),
                  good ? "=" : "is not", count_text(all.recorded), filtered,
                  count_text(lost_in_all), good_for_each ? ", and so for each function" : where,
                  missed_hits_text(trace)));
}

// Decodes chunks and compares them with what else is said of them.
class ChunkChecks {
 public:
  explicit ChunkChecks(const TraceReader& trace)
      : sums_({execution_roles(trace.classes()), &fingerprints_}, trace.classes()) {
    for (const Function& function : trace.functions())
      functions_.insert(value(function.id));
    for (const EventClass& one : trace.classes())
      classes_.insert(value(one.id));
  }

  void text(const Text& text) {
    fingerprints_.add(text.id, fingerprint_of(text));
    if (value(text.id) >= kMostTexts) return;
    if (value(text.id) >= texts_.size()) texts_.resize(value(text.id) + 1);
    texts_[value(text.id)] = true;
  }

  void chunk(const ChunkHeader& header, const Columns& columns) {
    sums_.chunk(header, columns);
    found_ = {};
    said_ = header;
    ids_ = header.ids;
    then_ = std::exchange(now_, {});
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    const auto before = then_.find(key);
    const ThreadState none;
    if (opening != (before == then_.end() ? none : before->second)) ++openings_;
    then_.erase(key);
    state_ = &now_[key];
    *state_ = std::move(opening);
    sums_.thread(key, ThreadState(*state_));
  }
  bool event(const Event& event) {
    found_.processes |= mask_bit(key_.pid);
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
      found_.functions |= mask_bit(value(event.function));
      if (!functions_.contains(value(event.function))) ++undescribed_;
    } else if (event.kind == EventKind::kExecutionBegin) {
      const std::uint32_t text = value(event.text);
      if (text < kMostTexts && (text >= texts_.size() || !texts_[text])) ++undescribed_;
    } else if (event.kind == EventKind::kOfClass) {
      if (!classes_.contains(value(event.event_class))) ++undescribed_;
    }
    return sums_.event(event) && replay(event, key_, *state_, ids_, *this);
  }
  void call_ended(const EndedCall& call) {
    found_.functions |= mask_bit(value(call.opened().function));
  }
  void call_ended(const Call& /*call*/) {}
  void execution_ended(const Execution& /*execution*/) {}

  // A chunk that did not decode, as far as it did, is not to be counted.
  void forget() { sums_.forget(); }

  // After a chunk that decoded, and the one before it too when `follows`.
  void end(const std::optional<Summary>& summary, bool follows) {
    std::erase_if(now_, [](const auto& thread) { return thread.second.idle(); });
    // A thread that was left out had something open.
    openings_ += then_.size();
    if (!follows) openings_ = openings_before_;
    openings_before_ = openings_;
    Summary own = sums_.take();
    if (!own.slowest.empty()) found_.longest = own.slowest.front().duration;
    headers_ += found_.longest != said_.longest || found_.functions != said_.functions ||
                        found_.processes != said_.processes
                    ? 1
                    : 0;
    if (!summary) return;
    own.losses = summary->losses;
    Summary stored = *summary;
    keep_what_both_tell(own, stored);
    summaries_ += own == stored ? 0 : 1;
  }

  std::vector<Check> checks(std::uint64_t decoded, std::uint64_t chunks) const {
    return {
        pgrec::check("chunks", decoded == chunks,
                     fmt::format("{} of {} decoded", count_text(decoded), plural(chunks, "chunk"))),
        pgrec::check("openings", openings_ == 0,
                     openings_ == 0
                         ? "each chunk begins with what was open before it"
                         : fmt::format("{} begin otherwise", plural(openings_, "thread"))),
        pgrec::check("headers", headers_ == 0,
                     headers_ == 0 ? "tell of the chunks what is in them"
                                   : fmt::format("{} with a wrong one", plural(headers_, "chunk"))),
        pgrec::check("sums", summaries_ == 0,
                     summaries_ == 0
                         ? "the summaries are the sums of the calls"
                         : fmt::format("{} with another sum", plural(summaries_, "chunk"))),
        pgrec::check("references", undescribed_ == 0,
                     undescribed_ == 0
                         ? "every function, text and class is described"
                         : fmt::format("{} of undescribed ones", plural(undescribed_, "event")))};
  }

 private:
  static constexpr std::uint32_t kMostTexts = 1u << 26;
  static constexpr std::size_t kMostFingerprints = 1u << 22;  // 64 MB

  std::set<std::uint32_t> functions_, classes_;
  std::vector<bool> texts_;
  ChunkHeader said_, found_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState* state_ = nullptr;
  std::map<ThreadKey, ThreadState> then_, now_;
  TextFingerprints fingerprints_{kMostFingerprints};
  ChunkSummary sums_;
  std::uint64_t openings_ = 0, openings_before_ = 0, headers_ = 0, summaries_ = 0, undescribed_ = 0;
};

std::vector<Check> check_chunks(TraceReader& trace) {
  ChunkChecks checks(trace);
  trace.for_each_text([&](const Text& text) { checks.text(text); });
  std::uint64_t decoded = 0;
  bool before_decoded = true;
  NextIds next;
  for (const ChunkRef& chunk : trace.chunks()) {
    const bool follows = before_decoded && chunk.header.ids == next;
    before_decoded = trace.decode_chunk_at(chunk, checks);
    next = chunk.header.next_ids();
    if (!before_decoded) {
      checks.forget();
      continue;
    }
    ++decoded;
    checks.end(trace.summary_of(chunk), follows);
  }
  return checks.checks(decoded, trace.chunks().size());
}

}  // namespace

std::vector<Check> verify(TraceReader& trace, bool full) {
  std::vector<Check> checks;
  checks.push_back(check_frames(trace));
  checks.push_back(check_index(trace));
  checks.push_back(check_order(trace));
  checks.push_back(check_end(trace));
  Summary sum;
  checks.push_back(check_summaries(trace, sum));
  checks.push_back(check_total(trace, std::move(sum)));
  checks.push_back(check_identity(trace));
  if (full) {
    for (Check& one : check_chunks(trace))
      checks.push_back(std::move(one));
  }
  return checks;
}

}  // namespace pgrec
