// The one exception of pgrec: a command cannot do what was asked. It is thrown anywhere, caught
// once in main, and printed as one line plus, where there is something to do about it, one hint
// line.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace pgrec {

// How a command ended; the process's exit status.
enum ExitStatus : int {
  kExitDone = 0,
  kExitFailed = 1,
  kExitUsage = 2,    // the command line was wrong
  kExitDamaged = 3,  // done, but from a trace that is damaged or was never closed
};

class Error : public std::runtime_error {
 public:
  // `message` says what failed, on which thing and why; `hint` says what to do, or is empty.
  explicit Error(const std::string& message, std::string hint = {})
      : std::runtime_error(message), hint_(std::move(hint)) {}

  const std::string& hint() const { return hint_; }

  // What main returns for it.
  ExitStatus status() const { return status_; }

 protected:
  Error(const std::string& message, std::string hint, ExitStatus status)
      : std::runtime_error(message), hint_(std::move(hint)), status_(status) {}

 private:
  std::string hint_;
  ExitStatus status_ = kExitFailed;
};

// The command line itself is wrong: exit status 2.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message, std::string hint = {})
      : Error(message, std::move(hint), kExitUsage) {}
};

}  // namespace pgrec
