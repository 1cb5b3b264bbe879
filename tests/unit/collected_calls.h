// Calls and executions as lines of text, so that a test compares all their fields at once and a
// failed one shows them.
#pragma once

#include <string>
#include <vector>

#include "format/chunk/chunk.h"
#include "format/thread_state.h"

namespace pgrec::test {

// "c3 f1 p1/t2 @100 took=50 self=20 depth=1 in=c2 e4 returned"; a field that is missing is "-".
std::string row(const Call& call);
// "e4 x7 p1 @90 took=200"; "took=lost" for one whose end was lost, "took=-" for one that runs.
std::string row(const Execution& execution);

// A sink of replay() that keeps what it gets.
class CollectedCalls {
 public:
  void call_ended(const Call& call);
  void execution_ended(const Execution& execution);

  const std::vector<Call>& calls() const { return calls_; }
  const std::vector<Execution>& executions() const { return executions_; }
  // Calls and executions in ascending order of their lines.
  std::vector<std::string> rows() const;

 private:
  std::vector<Call> calls_;
  std::vector<Execution> executions_;
};

// What ended in `chunk`, from the chunk alone.
CollectedCalls ended_in(const Chunk& chunk);

}  // namespace pgrec::test
