// What of BPF the running kernel has, tried: each try loads a program of a few instructions, or makes a
// map, and takes it away again. Needs the privileges to load programs.
#pragma once

#include <string>

namespace pgrec {

// What came of a try.
struct Tried {
  int error = 0;    // errno; 0: it works
  std::string log;  // what the verifier said; empty where it was not asked

  bool works() const { return error == 0; }
};

// A program for uprobes that may sleep (Linux 6.0).
Tried try_sleepable_program();

}  // namespace pgrec
