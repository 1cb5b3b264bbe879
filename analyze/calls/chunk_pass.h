// A pass over the chunks of a set, on several threads: each chunk is read and worked on by one of
// them, and what they make of the chunks is taken in the order of the files. Holds a few chunks a
// thread, whatever the size of the files.
//
//     workers     work(chunk) ─┐
//                 work(chunk) ─┼─▶ take(chunk 1), take(chunk 2), …, end_of_file(), take(…), …
//                 work(chunk) ─┘
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "analyze/trace/trace_set.h"

namespace pgrec {

// A chunk with its payload, as a worker gets it.
struct ChunkJob {
  std::uint64_t number = 0;  // in the pass, from 0
  TraceSet::File* file = nullptr;
  ChunkRef chunk;  // its times and ids are the file's
  FramePayload payload;
};

// What a worker makes of a chunk.
struct ChunkResult {
  virtual ~ChunkResult() = default;
};

class ChunkWorker {
 public:
  virtual ~ChunkWorker() = default;
  // Called by one thread. Null where the chunk does not decode: it is then damage, and is not
  // taken.
  virtual std::unique_ptr<ChunkResult> work(const ChunkJob& job) = 0;
};

// Whether a pass wants a chunk.
enum class Want {
  kNo,
  kYes,
  // Only for what the chunks before left open: not where that is nothing, or no chunk before it
  // was wanted.
  kIfOpen,
};

class ChunkPass {
 public:
  virtual ~ChunkPass() = default;

  // One for each thread; called before any works.
  virtual std::unique_ptr<ChunkWorker> worker() = 0;
  // Called in order.
  virtual Want wants(const TraceSet::File& /*file*/, const ChunkRef& /*chunk*/) {
    return Want::kYes;
  }
  // Whether something that the pass wants is still open, now that all chunks of the file before
  // the next were taken.
  virtual bool is_open(const TraceSet::File& /*file*/) { return false; }
  // These three one after the other, by any thread.
  virtual void take(const ChunkJob& /*job*/, ChunkResult& /*result*/) {}
  // A chunk between those that were taken cannot be read.
  virtual void take_damage(const TraceSet::File& /*file*/) {}
  // `to_the_end`: behind the first chunk that was wanted none was left out but for kIfOpen, and
  // none may be lost behind the last: what is open is open at the file's end.
  virtual void end_of_file(TraceSet::File& /*file*/, bool /*to_the_end*/) {}
  // The pass has what it wants: no further chunk is read.
  virtual bool is_done() const { return false; }
};

// How far a pass is, from 0 to 1. Called now and then, by one thread at a time.
using Progress = std::function<void(double share)>;

struct PassOptions {
  unsigned threads = 1;
  Progress progress = {};
};

// Runs `pass` over the chunks of all files. What cannot be read is added to their damage. Throws
// what the pass throws.
void run_pass(TraceSet& set, ChunkPass& pass, const PassOptions& options);

}  // namespace pgrec
