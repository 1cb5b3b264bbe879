// Loads a program that the verifier refuses (refused.bpf.c), and says of it what pgrec says of its
// own.
#include <cerrno>
#include <iostream>
#include <string_view>

#include "record/kernel/load_error.h"
#include "refused.skel.h"

int main(int argc, char** argv) {
  pgrec::keep_libbpf_words(argc > 1 && std::string_view(argv[1]) == "-v");
  refused_bpf* program = refused_bpf__open();
  const int error = program ? -refused_bpf__load(program) : errno;
  refused_bpf__destroy(program);
  if (error == 0) return 0;
  try {
    pgrec::throw_load_error(error);
  } catch (const pgrec::Error& why) {
    std::cerr << why.what() << "\n" << why.hint() << "\n";
  }
  return 1;
}
