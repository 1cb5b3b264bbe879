#include "record/kernel/load_error.h"

#include <bpf/libbpf.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>

#include "format/frame/file.h"

namespace pgrec {
namespace {

// Probes are put in and taken out by another thread, too, in which libbpf may speak.
struct Words {
  std::mutex mutex;
  std::string text;
  bool verbose = false;
};

Words& words() {
  static Words all;
  return all;
}

// Of each message its beginning: a verifier's log is long, and stands behind the program's name.
constexpr std::size_t kKeptOfMessage = 256;
constexpr std::size_t kKeptOfAll = 64u << 10;

// All of it, of any length; names of the probed files are in it.
void say(const char* format, va_list arguments) {
  char* message = nullptr;
  if (::vasprintf(&message, format, arguments) < 0) return;
  std::cerr << message;
  std::free(message);
}

int keep(libbpf_print_level level, const char* format, va_list arguments) noexcept {
  Words& kept = words();
  const std::lock_guard lock(kept.mutex);
  if (kept.verbose) {
    va_list again;
    va_copy(again, arguments);
    say(format, again);
    va_end(again);
  }
  if (level != LIBBPF_WARN || kept.text.size() > kKeptOfAll) return 0;
  std::array<char, kKeptOfMessage> message{};
  std::vsnprintf(message.data(), message.size(), format, arguments);
  kept.text += message.data();
  if (!kept.text.ends_with('\n')) kept.text += '\n';
  return 0;
}

}  // namespace

void keep_libbpf_words(bool verbose) {
  {
    Words& kept = words();
    const std::lock_guard lock(kept.mutex);
    kept.text.clear();
    kept.verbose = verbose;
  }
  libbpf_set_print(keep);
}

// As libbpf says it: "libbpf: prog 'on_enter': BPF program load failed: Permission denied".
std::string refused_program(std::string_view words) {
  constexpr std::string_view kFailed = "': BPF program load failed";
  constexpr std::string_view kName = "prog '";
  const std::size_t end = words.find(kFailed);
  if (end == words.npos) return {};
  const std::size_t name = words.rfind(kName, end);
  if (name == words.npos) return {};
  return std::string(words.substr(name + kName.size(), end - name - kName.size()));
}

Error load_error(int error, std::string_view words) {
  const std::string program = refused_program(words);
  if (error == ENOMEM)
    return Error("there is not enough memory for the ring buffers", "ask for less with --buffer");
  if (!program.empty() && error != EPERM) {
    return Error(
        "the kernel's verifier refuses pgrec's program " + program,
        "it is a fault of pgrec with this kernel: please report it with what pgrec check -v "
        "says");
  }
  if (error == EPERM || error == EACCES) {
    return Error("the kernel refuses pgrec's BPF programs to this process",
                 "pgrec check says what is missing");
  }
  return Error("the kernel does not take pgrec's BPF programs: " + reason_of(error),
               "pgrec check says what does not work; -v shows the kernel's words");
}

void throw_load_error(int error) {
  std::string said;
  {
    Words& kept = words();
    const std::lock_guard lock(kept.mutex);
    said = kept.text;
  }
  throw load_error(error, said);
}

}  // namespace pgrec
