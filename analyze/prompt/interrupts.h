// Ctrl-C at the prompt: ends the statement that runs, and what it still prints.
#pragma once

#include <streambuf>

#include "analyze/sql/database.h"

namespace pgrec {

// While it lives, SIGINT interrupts the statement that runs in `database`, which must outlive it,
// instead of ending the process, and makes OutputUntilInterrupt fail. There is one at a time.
class Interrupts {
 public:
  explicit Interrupts(Database& database);
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  // Whether SIGINT came since forget() was called last.
  static bool came();
  static void forget();
};

// Passes on to `behind`, which must outlive it, until SIGINT comes; then it takes nothing more.
class OutputUntilInterrupt : public std::streambuf {
 public:
  explicit OutputUntilInterrupt(std::streambuf* behind) : behind_(behind) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int_type overflow(int_type c) override;
  int sync() override { return behind_->pubsync(); }

 private:
  std::streambuf* behind_;
};

}  // namespace pgrec
