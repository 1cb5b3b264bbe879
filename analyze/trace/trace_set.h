// The traces that a command reads, as one: a single file, the parts of a recording, recordings of
// one host or of several. It has one time, one list of functions, and ids of its own for calls and
// executions, into which those of each file are changed (analyze/trace/in_set.h). Of a single file
// all of these are the file's.
//
//     time       of the set: from the beginning of the first file; files of one recording by the
//                monotonic clock, others by the wall clock
//     ids        a file's go on behind those of the files before it
//     trace      the recording that a file is of, from 1, in order of time. Parts are one recording
//     text       (file, text id): texts keep the ids of their file
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyze/trace/process_lives.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

class TraceSet {
 public:
  struct File {
    explicit File(TraceReader opened) : reader(std::move(opened)), lives({}) {}

    TraceReader reader;
    std::uint32_t number = 0;  // in files()
    std::uint32_t trace = 1;
    std::uint64_t part = 0;                // of its recording, from 1; 0: it is no part
    Duration shift{};                      // the set's time is the file's and this
    std::optional<std::int64_t> began_ns;  // its time 0 by what it says, since 1970, UTC
    std::uint64_t calls_before = 0;
    std::uint64_t executions_before = 0;
    // Of the set, by the file's; those beyond, which no table names, follow behind
    // `unnamed_functions`.
    std::vector<FunctionId> functions;
    std::uint32_t unnamed_functions = 0;
    bool is_set = true;  // its times and ids are the set's
    ProcessLives lives;  // in the set's time; a process has one id in all parts
    // An execution of the part before, by the one of this part as which it went on; both in the
    // ids of the set.
    std::map<ExecutionId, ExecutionId> goes_on;
  };

  // Opens the files that `arguments` name (analyze/trace/set_paths.h). Throws Error as TraceReader
  // does, and where there is no file.
  explicit TraceSet(const std::vector<std::string>& arguments);
  // Of one trace.
  explicit TraceSet(TraceReader reader);

  std::deque<File>& files() { return files_; }
  const std::deque<File>& files() const { return files_; }
  bool is_single() const { return files_.size() == 1; }
  // How many recordings there are.
  std::uint32_t traces() const { return traces_; }

  // With the ids of the set; of a single file its own.
  const std::vector<Function>& functions() const { return functions_; }
  // "function 7" where no table names it.
  std::string function_name(FunctionId id) const;

  // When the last file ends.
  Timestamp last() const;
  // Nanoseconds since 1970, UTC, at a time of the set, by the clock samples of the file; nothing
  // where it has none.
  std::optional<std::int64_t> realtime_ns(const File& file, Timestamp at) const;
  // How many there are at most: no id of the set is as large.
  std::uint64_t calls() const { return calls_; }
  std::uint64_t executions() const { return executions_; }

  // The execution that `id` is a part of: itself, but where it began in an earlier part.
  ExecutionId joined(const File& file, ExecutionId id) const {
    if (file.goes_on.empty()) return id;
    const auto found = file.goes_on.find(id);
    return found == file.goes_on.end() ? id : found->second;
  }

  // What to say of the set beside what is to say of each file: parts that are missing, files that
  // overlap, servers that differ; in lines.
  const std::vector<std::string>& notes() const { return notes_; }
  // A part between two others is missing.
  bool misses_parts() const { return misses_parts_; }

 private:
  void put_in_order();
  void set_ids();
  void set_functions();
  void set_processes();
  void join_executions();

  std::deque<File> files_;
  std::uint32_t traces_ = 1;
  std::vector<Function> functions_;
  std::map<FunctionId, std::size_t> function_places_;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
  std::vector<std::string> notes_;
  bool misses_parts_ = false;
};

}  // namespace pgrec
