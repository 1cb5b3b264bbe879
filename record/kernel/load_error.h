// Why the kernel does not take pgrec's programs and maps, in our words: made of its error number
// and of what libbpf said meanwhile, which tells a verifier's refusal from a lack of rights.
#pragma once

#include <string>
#include <string_view>

#include "format/error.h"

namespace pgrec {

// From now on what libbpf says is kept for throw_load_error(), and what it said before is not. With
// `verbose` it is also written to stderr.
void keep_libbpf_words(bool verbose);

// `error` is an errno.
[[noreturn]] void throw_load_error(int error);

// Throws that of a call of libbpf which failed: whose `result` is -errno.
inline void throw_if_failed(int result) {
  if (result < 0) throw_load_error(-result);
}

// The error of this errno when libbpf has said `words`.
Error load_error(int error, std::string_view words);

// The program that the kernel refused to load, by what libbpf said; empty where it was none.
std::string refused_program(std::string_view words);

}  // namespace pgrec
