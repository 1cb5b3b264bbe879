#include "analyze/calls/execution_record.h"

namespace pgrec {

const char* outcome_of(const ExecutionRecord& execution) {
  if (execution.end_lost) return "exit-lost";
  if (!execution.duration) return "open";
  if (execution.facts.kind == ExecutionFacts::Kind::kPreparation) return "not-run";
  switch (execution.facts.end) {
    case ExecutionFacts::End::kCompleted:
      return "completed";
    case ExecutionFacts::End::kFailed:
      return "error";
    case ExecutionFacts::End::kSuspended:
      return "suspended";
    case ExecutionFacts::End::kNotSaid:
      break;
  }
  return "ended";
}

std::optional<std::int64_t> run_ns(const ExecutionRecord& execution) {
  const ExecutionFacts& facts = execution.facts;
  if (!facts.reported || !facts.prepare_ns) return std::nullopt;
  const std::int64_t run = (*facts.reported - execution.begun).count() - *facts.prepare_ns;
  return run < 0 ? std::nullopt : std::optional(run);
}

const ProcessLives::Life* process_of(const ExecutionRecord& execution) {
  return execution.file->lives.at(execution.thread.pid, execution.begun);
}

Session session_of(const ExecutionRecord& execution) {
  if (execution.facts.session) return *execution.facts.session;
  const ProcessLives::Life* const process = process_of(execution);
  return process ? process->session() : Session{};
}

}  // namespace pgrec
