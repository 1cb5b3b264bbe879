// Events of classes that are the two ends of something that takes time: a wait that starts and is
// done. By the names of their classes, which PostgreSQL's probes have in common but for the last
// word: usdt:lwlock__wait__start and usdt:lwlock__wait__done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analyze/trace/trace_set.h"
#include "format/chunk/arguments.h"

namespace pgrec {

// What the classes of a trace are to each other.
class EventPairTable {
 public:
  enum class Role : std::uint8_t { kSingle, kStart, kEnd };
  struct Entry {
    const EventClass* described = nullptr;
    Role role = Role::kSingle;
    // Of a pair what both ends have in common, "usdt:lwlock__wait"; of lwlock__acquire, which ends
    // with lwlock__release, the name of the first. Of another the class's name.
    std::string name;
    ClassId start{};                   // of an end: its start's class
    std::vector<std::size_t> matched;  // places of the arguments by which a start has its end
  };

  // Starts end with `start`, `begin` or `acquire` behind `__`, `_`, `-` or `.`; an end with `done`,
  // `end`, `commit` or `abort`, and with `release`. A start without a class that ends it is no
  // start. Borrows the classes.
  explicit EventPairTable(const std::vector<EventClass>& classes);

  // Null where the trace does not describe the class.
  const Entry* find(ClassId id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
  }

 private:
  std::map<ClassId, Entry> entries_;
};

// An event of a class. Times and ids are the set's.
struct ClassEvent {
  using Role = EventPairTable::Role;
  const TraceSet::File* file = nullptr;
  const EventPairTable::Entry* entry = nullptr;  // null: the trace does not describe the class
  ClassId event_class{};                         // in its file
  Role role = Role::kSingle;
  bool is_wanted = true;  // else it is there only for the other end
  ThreadKey thread;
  Timestamp at{};
  std::optional<ExecutionId> execution;  // that ran
  ArgumentValues arguments;
  std::uint64_t number = 0;  // in the pass

  const EventClass* described() const { return entry ? entry->described : nullptr; }
};

// Finds to each end the start: the last in its thread that has no end yet, with the same values of
// the arguments that both have. Holds what has started.
class EventPairs {
 public:
  using Pair = std::function<void(const ClassEvent& start, const ClassEvent& end)>;
  using Unmatched = std::function<void(const ClassEvent&)>;

  // `unended` gets starts of which no end came; `unstarted` ends without a start.
  EventPairs(Pair pair, Unmatched unended, Unmatched unstarted)
      : pair_(std::move(pair)), unended_(std::move(unended)), unstarted_(std::move(unstarted)) {}

  // In the order of each thread.
  void add(const ClassEvent& event);
  // What has started has no end that could be read.
  void end_all();
  // Whether something that is wanted has no end yet.
  bool is_any_open() const { return wanted_open_ > 0; }

  // Starts without an end that are held of a thread, and threads with such; the oldest go.
  static constexpr std::size_t kMostOfThread = 64;
  static constexpr std::size_t kMostThreads = 1 << 16;

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;  // trace, pid, tid
  using Open = std::vector<ClassEvent>;
  void start(const ClassEvent& event);
  void end(const ClassEvent& event);
  void give_up(const ClassEvent& start);

  Pair pair_;
  Unmatched unended_, unstarted_;
  std::map<Key, Open> open_;
  std::uint64_t wanted_open_ = 0;
};

}  // namespace pgrec
