// Whether this kernel's verifier takes each of pgrec's BPF programs: each is loaded alone,
// configured as a session of pgrec configures it, so that one that is refused hides no other.
//
//   load_programs recording|filtered|slow
//
// Prints for each program "ok NAME: " and the verifier's statistics, or "refused NAME" and its last
// words, and ends with 1 where one was refused, or where there was none.
//
// It is KernelSession that loads; this program comes between it and libbpf, and leaves one program
// of the object to be loaded.

#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "format/error.h"
#include "record/kernel/session.h"

namespace {

using namespace pgrec;

struct Attempt {
  // Which program is loaded, of those that the session loads, and its name; empty where there are
  // fewer.
  std::size_t wanted = 0;
  std::string program;
  std::vector<char> words = std::vector<char>(1u << 20);  // what the verifier says of it
};
Attempt attempt;

std::optional<SessionConfig> named_config(const std::string& which) {
  SessionConfig config;
  config.probes = which == "slow" ? 0 : 2;
  config.queries = true;
  config.usdt = which != "slow";
  if (which == "filtered") {
    config.pids = {static_cast<std::uint32_t>(::getpid())};
    config.min_duration = std::chrono::microseconds(100);
    config.sample_every = 10;
  } else if (which == "slow") {
    config.slow = SlowStatementsOnly{std::chrono::milliseconds(100), true};
  } else if (which != "recording") {
    return std::nullopt;
  }
  return config;
}

// What the verifier said, in one line.
std::string said() {
  std::string text(attempt.words.data());
  constexpr std::size_t kMost = 2000;  // its last words are the reason
  if (text.size() > kMost) text.erase(0, text.size() - kMost);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ';');
  return text;
}

bool loads(const SessionConfig& config) {
  attempt.program.clear();
  attempt.words.front() = '\0';
  try {
    KernelSession session(config, false);
    return true;
  } catch (const Error& error) {
    if (attempt.program.empty()) throw;
    return false;
  }
}

}  // namespace

// In place of libbpf's.
extern "C" int bpf_object__load_skeleton(bpf_object_skeleton* skeleton) {
  constexpr std::uint32_t kStatistics =
      4;  // BPF_LOG_STATS of the kernel: no instructions, only errors and sums
  std::size_t number = 0;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, *skeleton->obj) {
    if (!bpf_program__autoload(program)) continue;
    if (number++ == attempt.wanted) {
      attempt.program = bpf_program__name(program);
      bpf_program__set_log_level(program, kStatistics);
      bpf_program__set_log_buf(program, attempt.words.data(), attempt.words.size());
    } else {
      bpf_program__set_autoload(program, false);
    }
  }
  using Load = int (*)(bpf_object_skeleton*);
  const auto load = reinterpret_cast<Load>(::dlsym(RTLD_NEXT, "bpf_object__load_skeleton"));
  return load(skeleton);
}

int main(int argc, char** argv) {
  const auto config = named_config(argc == 2 ? argv[1] : "");
  if (!config) {
    std::cerr << "load_programs recording|filtered|slow" << std::endl;
    return 2;
  }
  std::size_t refused = 0;
  try {
    while (true) {
      const bool taken = loads(*config);
      if (attempt.program.empty()) break;
      std::cout << (taken ? "ok " : "refused ") << attempt.program << ": " << said() << std::endl;
      if (!taken) ++refused;
      ++attempt.wanted;
    }
  } catch (const Error& error) {
    std::cerr << "load_programs: " << error.what() << std::endl;
    return 1;
  }
  return refused == 0 && attempt.wanted > 0 ? 0 : 1;
}
