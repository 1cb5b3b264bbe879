// A trace of random executions of a few processes, in many chunks, and what is in it: known as it
// is made, and not by reading.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/postgres/execution_classes.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

struct MadeCalls {
  std::uint64_t calls = 0;
  std::int64_t total = 0, self = 0;
  bool operator==(const MadeCalls&) const = default;
};

struct MadeExecution {
  std::uint32_t pid = 0;
  std::string database;
  std::int64_t begun = 0;
  std::optional<std::int64_t> duration;
  std::string text;
  std::int64_t query_id = 0;  // 0: none
  bool said = false, failed = false;
  std::int64_t prepare = 0, hit = 0, rows = 0;
  std::map<std::uint32_t, MadeCalls> calls;  // by function, those of workers among them
  std::int64_t idle = 0;                     // in a transaction, behind it; 0: it was not

  std::int64_t taken(std::int64_t end) const { return duration.value_or(end - begun); }
  // What tells statements apart here.
  std::string statement() const;
};

class RandomExecutions {
 public:
  // So many of each of three processes, with pids 100, 200 and 300; workers led by them have pids
  // 1100, 1200 and 1300. The last execution of 300 is open at the end.
  RandomExecutions(std::uint32_t seed, int of_each);

  const TraceFile& file() const { return file_; }
  const std::vector<MadeExecution>& all() const { return all_; }
  std::int64_t end() const { return end_; }

  static constexpr const char* kSelect = "SELECT a FROM t";     // with one query id, or none
  static constexpr const char* kUpdate = "UPDATE t SET a = b";  // with two query ids, or none

 private:
  struct Made {
    std::int64_t ns = 0;
    ThreadKey thread;
    Event event;
    std::string text;
    ArgumentValues arguments;
  };
  std::int64_t below(std::int64_t limit) {
    return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_);
  }
  void event(EventKind kind, std::int64_t ns, const ThreadKey& thread, std::uint32_t number = 0);
  void event(ExecutionClass one, std::int64_t ns, const ThreadKey& thread,
             ArgumentValues arguments);
  void begin(std::int64_t ns, const ThreadKey& thread, const std::string& text);
  void call(std::int64_t from, std::int64_t to, const ThreadKey& thread, MadeExecution& of);
  std::int64_t execution(std::int64_t now, std::uint32_t pid, bool is_open);
  void write();

  TraceFile file_;
  std::mt19937 random_;
  std::vector<Made> events_;
  std::vector<MadeExecution> all_;
  std::int64_t end_ = 0;
};

}  // namespace pgrec::test
