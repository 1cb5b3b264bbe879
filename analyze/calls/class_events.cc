#include "analyze/calls/class_events.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "analyze/calls/event_arguments.h"
#include "analyze/trace/in_set.h"
#include "format/chunk/arguments.h"

namespace pgrec {
namespace {

using Role = EventPairTable::Role;

// What a pass takes of the classes of a file.
class FileClasses {
 public:
  FileClasses(const TraceSet::File& file, const CallSelection& selection)
      : pairs_(file.reader.classes()), others_(selection.is_all_functions()) {
    std::map<std::string_view, bool> by_name;
    for (const Function& function : file.reader.functions()) {
      if (function.role == Function::Role::kEvents)
        by_name[function.name] |= selection.has(function_in_set(file, function.id));
    }
    for (const EventClass& one : file.reader.classes()) {
      const auto function = by_name.find(one.name);
      const bool is_wanted = function == by_name.end() ? others_ : function->second;
      wanted_.try_emplace(one.id, is_wanted && !is_execution_class(one.name));
    }
  }

  struct Taken {
    bool is_taken = false, is_wanted = false;
    Role role = Role::kSingle;
    const EventPairTable::Entry* entry = nullptr;
  };
  Taken of(ClassId id) const {
    Taken taken;
    taken.entry = pairs_.find(id);
    taken.is_taken = taken.is_wanted = wants(id);
    if (!taken.entry) return taken;
    // An end is taken for a start that is wanted.
    if (taken.entry->role == Role::kStart && taken.is_wanted) taken.role = Role::kStart;
    if (taken.entry->role == Role::kEnd && wants(taken.entry->start)) {
      taken.role = Role::kEnd;
      taken.is_taken = true;
    }
    return taken;
  }

 private:
  bool wants(ClassId id) const {
    const auto known = wanted_.find(id);
    return known == wanted_.end() ? others_ : known->second;
  }
  EventPairTable pairs_;
  bool others_;
  std::map<ClassId, bool> wanted_;
};

struct ClassEventResult final : ChunkResult {
  std::vector<ClassEvent> events;
};

// A visitor of one chunk after the other.
class ClassEventVisitor {
 public:
  ClassEventVisitor(const TraceSet& set, const CallSelection& selection)
      : set_(set), selection_(selection) {}

  void begin(const TraceSet::File& file, const FileClasses& classes, ClassEventResult& into) {
    file_ = &file;
    classes_ = &classes;
    into_ = &into;
    taken_.clear();
  }
  void chunk(const ChunkHeader& header, const Columns& columns) {
    ids_ = header.ids;
    arguments_.emplace(columns, file_->reader.classes());
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    wanted_ = selection_.pids.has(key.pid);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kOfClass) {
      class_event(event);
      return true;
    }
    NoSink sink;
    return replay(event, key_, state_, ids_, sink);
  }

 private:
  const FileClasses::Taken& taken(ClassId id) {
    const std::size_t place = value(id);
    if (place >= taken_.size()) taken_.resize(place + 1);
    if (!taken_[place]) taken_[place] = classes_->of(id);
    return *taken_[place];
  }
  void class_event(const Event& event) {
    const FileClasses::Taken& taken = this->taken(event.event_class);
    if (!taken.is_taken) return;
    if (!wanted_) {
      arguments_->next(event.event_class, passed_over_);
      return;
    }
    std::optional<ExecutionId> execution;
    if (state_.execution) execution = set_.joined(*file_, state_.execution->id);
    const bool is_wanted =
        taken.is_wanted && selection_.range.has(event.ts) &&
        (!selection_.executions || (execution && selection_.executions->has(*execution)));
    if (!is_wanted && taken.role == Role::kSingle) {
      arguments_->next(event.event_class, passed_over_);
      return;
    }
    ClassEvent& one = into_->events.emplace_back();
    one.file = file_;
    one.entry = taken.entry;
    one.event_class = event.event_class;
    one.role = taken.role;
    one.is_wanted = is_wanted;
    one.thread = key_;
    one.at = event.ts;
    one.execution = execution;
    arguments_->next(event.event_class, one.arguments);
  }

  const TraceSet& set_;
  const CallSelection& selection_;
  const TraceSet::File* file_ = nullptr;
  const FileClasses* classes_ = nullptr;
  ClassEventResult* into_ = nullptr;
  std::vector<std::optional<FileClasses::Taken>> taken_;  // by class
  std::optional<ArgumentReader> arguments_;
  ArgumentValues passed_over_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  bool wanted_ = true;
};

class ClassEventPass final : public ChunkPass {
 public:
  ClassEventPass(const TraceSet& set, const CallSelection& selection, ClassEventSink& sink)
      : set_(set),
        selection_(selection),
        sink_(sink),
        pairs_([this](const auto& start, const auto& end) { pair(start, end); },
               [this](const auto& start) { unended(start); },
               [this](const auto& end) { unstarted(end); }) {
    for (const TraceSet::File& file : set.files())
      classes_.push_back(std::make_unique<FileClasses>(file, selection));
  }

  std::unique_ptr<ChunkWorker> worker() override { return std::make_unique<Worker>(*this); }

  Want wants(const TraceSet::File& file, const ChunkRef& chunk) override {
    if (chunk.header.last + file.shift < selection_.range.from) return Want::kNo;
    const auto& pids = selection_.pids.pids;
    if (!pids.empty() && std::none_of(pids.begin(), pids.end(), [&](std::uint32_t pid) {
          return (chunk.header.processes & mask_bit(pid)) != 0;
        }))
      return Want::kNo;
    if (chunk.header.first + file.shift < selection_.range.to) return Want::kYes;
    // Asked again about one while others are worked on.
    if (std::exchange(last_behind_, chunk.frame.offset) != chunk.frame.offset) ++behind_;
    return behind_ <= kChunksBehind ? Want::kIfOpen : Want::kNo;
  }
  bool is_open(const TraceSet::File& /*file*/) override { return pairs_.is_any_open(); }
  void take(const ChunkJob& /*job*/, ChunkResult& result) override {
    for (ClassEvent& event : static_cast<ClassEventResult&>(result).events) {
      event.number = number_++;
      if (event.is_wanted && selection_.at_least == Duration{}) sink_.event(event);
      pairs_.add(event);
    }
  }
  // What started may have been done in it.
  void take_damage(const TraceSet::File& /*file*/) override { pairs_.end_all(); }
  void end_of_file(TraceSet::File& file, bool /*to_the_end*/) override {
    behind_ = last_behind_ = 0;
    const std::size_t next = file.number + 1;
    const auto& files = set_.files();
    const bool goes_on = next < files.size() && files[next].trace == file.trace && file.part > 0 &&
                         files[next].part == file.part + 1;
    if (!goes_on) pairs_.end_all();
  }
  bool is_done() const override { return sink_.is_done(); }

 private:
  class Worker final : public ChunkWorker {
   public:
    explicit Worker(ClassEventPass& pass) : pass_(pass), visitor_(pass.set_, pass.selection_) {}
    std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
      auto result = std::make_unique<ClassEventResult>();
      visitor_.begin(*job.file, *pass_.classes_[job.file->number], *result);
      if (!decode_in_set(*job.file, job.payload, decoder_, visitor_)) return nullptr;
      return result;
    }

   private:
    ClassEventPass& pass_;
    ClassEventVisitor visitor_;
    ChunkDecoder decoder_;
  };

  void pair(const ClassEvent& start, const ClassEvent& end) {
    if (end.at - start.at < selection_.at_least) return;
    if (selection_.at_least > Duration{}) sink_.event(start);
    sink_.pair(start, end);
  }
  void unended(const ClassEvent& start) {
    if (selection_.at_least == Duration{}) sink_.unended(start);
  }
  void unstarted(const ClassEvent& end) {
    if (selection_.at_least == Duration{}) sink_.unstarted(end);
  }

  const TraceSet& set_;
  const CallSelection& selection_;
  ClassEventSink& sink_;
  EventPairs pairs_;
  std::vector<std::unique_ptr<FileClasses>> classes_;  // by file
  std::uint64_t number_ = 0;
  std::uint64_t behind_ = 0;       // chunks that were asked about
  std::uint64_t last_behind_ = 0;  // where the last of them stands
};

// Two hold some hundred thousand events at most, which are handed on by one at a time.
constexpr unsigned kMostThreads = 2;

}  // namespace

void for_each_class_event(TraceSet& set, const CallSelection& selection, ClassEventSink& sink,
                          const PassOptions& options) {
  PassOptions few = options;
  few.threads = std::clamp(options.threads, 1u, kMostThreads);
  ClassEventPass pass(set, selection, sink);
  run_pass(set, pass, few);
}

}  // namespace pgrec
