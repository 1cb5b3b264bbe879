#include "analyze/calls/execution_detail.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/calls/detail_visitor.h"
#include "analyze/trace/in_set.h"
#include "format/error.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// Where to begin to read.
struct DetailPlace {
  std::uint32_t file = 0;
  std::uint64_t chunk = 0;
};

[[noreturn]] void refuse(const TraceSet& set, ExecutionId id) {
  const std::uint64_t count = set.executions();
  throw Error(
      fmt::format("there is no execution {}", value(id)),
      count == 0
          ? "no execution was recorded"
          : fmt::format("there are 0 to {}; analyze --slow shows those of the longest", count - 1));
}

// The chunk in which it begins; or the one behind the gap in which it did.
DetailPlace place_of(const TraceSet& set, ExecutionId id) {
  if (value(id) >= set.executions()) refuse(set, id);
  const auto& files = set.files();
  const auto behind = std::upper_bound(files.begin(), files.end(), value(id),
                                       [](std::uint64_t wanted, const TraceSet::File& file) {
                                         return wanted < file.executions_before;
                                       });
  const TraceSet::File& file = *std::prev(behind);
  DetailPlace place{file.number, 0};
  const ExecutionId in_file{value(id) - file.executions_before};
  for (const ChunkRef& chunk : file.reader.chunks()) {
    if (in_file < chunk.header.next_ids().execution) break;
    ++place.chunk;
  }
  return place;
}

// Reads chunks of the set from one on.
class Reading {
 public:
  Reading(TraceSet& set, const PassOptions& options) : set_(set), options_(options) {}

  // Gives `visitor` the chunks that are `wanted`, until `is_done` says so before one. Goes on in
  // the parts that follow.
  template <typename Wanted, typename IsDone>
  void run(DetailPlace from, DetailVisitor& visitor, Wanted wanted, IsDone is_done) {
    while (true) {
      TraceSet::File& file = set_.files()[from.file];
      TraceReader::LastChunk last;
      std::uint64_t number = 0;
      for (const ChunkRef& chunk : file.reader.chunks()) {
        if (number++ < from.chunk) continue;
        if (is_done(file, chunk)) return;
        if (wanted(chunk) ? read(file, chunk, visitor) : true) last.read(chunk);
        if (options_.progress)
          options_.progress(static_cast<double>(number) /
                            static_cast<double>(file.reader.chunks().size()));
      }
      const TraceSet::File* const next = next_part(file);
      visitor.end_of_part(next, file.reader.may_miss_chunk_after(last));
      if (!next || !visitor.is_any_open()) return;
      from = {next->number, 0};
    }
  }

 private:
  bool read(TraceSet::File& file, const ChunkRef& chunk, DetailVisitor& visitor) {
    const auto payload = file.reader.read(chunk);
    if (!payload) return false;
    visitor.begin(file);
    InSet<DetailVisitor> in_set(file, visitor);
    if (!decoder_.decode_checked(payload->plain(), payload->rest(), in_set)) {
      file.reader.add_damage(chunk.frame, "the chunk does not decode");
      return false;
    }
    visitor.end();
    return true;
  }
  const TraceSet::File* next_part(const TraceSet::File& file) const {
    if (file.number + 1 == set_.files().size()) return nullptr;
    const TraceSet::File& next = set_.files()[file.number + 1];
    return next.goes_on.empty() ? nullptr : &next;
  }

  TraceSet& set_;
  const PassOptions& options_;
  ChunkDecoder decoder_;
};

// The execution of a process that ran at a time, as the chunk says that it is made for.
class RunningAt {
 public:
  RunningAt(std::uint32_t pid, Timestamp at) : pid_(pid), at_(at) {}
  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    if (key.pid == pid_ && state_.execution) found_ = state_.execution->id;
  }
  bool event(const Event& event) {
    NoSink sink;
    const bool counts = key_.pid == pid_ && event.ts <= at_;
    const bool had = state_.execution.has_value();
    if (!replay(event, key_, state_, ids_, sink)) return false;
    if (!counts) return true;
    if (state_.execution) found_ = state_.execution->id;
    if (had && !state_.execution && event.ts < at_) found_.reset();
    return true;
  }
  std::optional<ExecutionId> found() const { return found_; }

 private:
  std::uint32_t pid_;
  Timestamp at_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  std::optional<ExecutionId> found_;
};

std::optional<ExecutionId> leader_of(TraceSet& set, const DetailPlace& place,
                                     const ExecutionRecord& run) {
  std::optional<std::uint32_t> leader;
  const ProcessLives::Life* const life = process_of(run);
  if (run.facts.leader_pid) {
    leader = static_cast<std::uint32_t>(*run.facts.leader_pid);
  } else if (life) {
    leader = life->identity.leader_pid;
  }
  if (!leader) return std::nullopt;
  TraceSet::File& file = set.files()[place.file];
  const ChunkRef chunk = file.reader.chunks()[place.chunk];
  const auto payload = file.reader.read(chunk);
  ChunkDecoder decoder;
  RunningAt running(*leader, run.begun);
  if (!payload || !decode_in_set(file, *payload, decoder, running) || !running.found())
    return std::nullopt;
  return set.joined(file, *running.found());
}

// When it ended, or else the last that is known of it.
Timestamp over_of(const DetailThread& thread) {
  const ExecutionRecord& run = thread.run;
  if (run.duration) return run.begun + *run.duration;
  Timestamp over = run.begun;
  for (const DetailItem& item : thread.items)
    over = std::max(over, item.over());
  return over;
}

class Detail {
 public:
  Detail(TraceSet& set, const PassOptions& options, std::uint64_t most_items)
      : set_(set), reading_(set, options), room_(most_items) {}

  ExecutionDetail of(ExecutionId id) {
    DetailPlace place = place_of(set_, id);
    const ExecutionId whole = set_.joined(set_.files()[place.file], id);
    if (whole != id) place = place_of(set_, whole);
    DetailVisitor visitor(set_, room_);
    visitor.want(whole);
    own(place, visitor);
    if (visitor.found().empty())
      throw Error(fmt::format("execution {} cannot be read", value(id)),
                  "it is in a damaged part of the trace: pgrec verify says where that is");
    ExecutionDetail detail;
    add(std::move(visitor.found().begin()->second), detail);
    const ExecutionFacts::Kind kind = detail.execution().facts.kind;
    if (kind == ExecutionFacts::Kind::kRun)
      add_workers(place, workers_of(detail.threads.front(), visitor), detail);
    if (kind == ExecutionFacts::Kind::kWorkerRun)
      detail.of = leader_of(set_, place, detail.execution());
    return detail;
  }

 private:
  void own(const DetailPlace& place, DetailVisitor& visitor) {
    std::uint64_t read = 0;
    reading_.run(
        place, visitor, [](const ChunkRef&) { return true; },
        [&](const TraceSet::File& file, const ChunkRef& chunk) {
          // Behind damage it is among what the next chunk begins with, if at all.
          if (visitor.found().empty()) return read++ > kChunksToFind;
          if (visitor.is_any_open()) return false;
          return chunk.header.first + file.shift > over_of(visitor.found().begin()->second);
        });
  }

  // The runs that are of it: it is the last of its process that began before them, and ran then.
  std::vector<DetailWorker> workers_of(const DetailThread& leader,
                                       const DetailVisitor& visitor) const {
    const ExecutionRecord& run = leader.run;
    const auto next = visitor.next_begun().find(run.id);
    std::vector<DetailWorker> workers;
    std::set<ExecutionId> known;
    for (const DetailWorker& one : visitor.workers()) {
      if (one.leader != run.thread.pid || one.begun < run.begun) continue;
      if (run.duration && one.begun > leader.over) continue;
      if (next != visitor.next_begun().end() && one.begun >= next->second) continue;
      if (known.insert(one.id).second) workers.push_back(one);
    }
    std::sort(workers.begin(), workers.end(), [](const DetailWorker& a, const DetailWorker& b) {
      return std::pair(a.begun, a.id) < std::pair(b.begun, b.id);
    });
    return workers;
  }

  void add_workers(const DetailPlace& place, const std::vector<DetailWorker>& workers,
                   ExecutionDetail& detail) {
    if (workers.empty()) return;
    DetailVisitor visitor(set_, room_);
    std::uint64_t pids = 0;
    Timestamp last = workers.back().begun;
    for (const DetailWorker& worker : workers) {
      visitor.want(worker.id);
      pids |= mask_bit(worker.thread.pid);
    }
    reading_.run(
        place, visitor, [&](const ChunkRef& chunk) { return (chunk.header.processes & pids) != 0; },
        [&](const TraceSet::File& file, const ChunkRef& chunk) {
          return !visitor.is_any_open() && chunk.header.first + file.shift > last;
        });
    for (const DetailWorker& worker : workers) {
      const auto found = visitor.found().find(worker.id);
      if (found != visitor.found().end()) add(std::move(found->second), detail);
    }
  }

  void add(DetailThread&& thread, ExecutionDetail& detail) {
    thread.over = over_of(thread);
    if (!thread.run.duration && !thread.run.end_lost)
      thread.over = std::max(thread.over, set_.last());
    room_ -= std::min<std::uint64_t>(room_, thread.items.size());
    detail.threads.push_back(std::move(thread));
  }

  static constexpr std::uint64_t kChunksToFind = 8;

  TraceSet& set_;
  Reading reading_;
  std::uint64_t room_;
};

}  // namespace

Timestamp ExecutionDetail::over() const {
  Timestamp over = threads.front().over;
  for (const DetailThread& thread : threads)
    over = std::max(over, thread.over);
  return over;
}

std::uint64_t ExecutionDetail::left_out() const {
  std::uint64_t left_out = 0;
  for (const DetailThread& thread : threads)
    left_out += thread.left_out;
  return left_out;
}

ExecutionDetail execution_detail(TraceSet& set, ExecutionId id, const PassOptions& options,
                                 std::uint64_t most_items) {
  return Detail(set, options, most_items).of(id);
}

}  // namespace pgrec
