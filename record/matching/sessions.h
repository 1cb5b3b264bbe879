// For which application and as whom each process works, at any time: what the processes and their
// memory say of it, kept as long as something of then may still be asked for. It is taken in as it
// comes, which need not be in order of time; so it is put together when it is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bpf/wire_identity.h"
#include "format/table/tables.h"

namespace pgrec {

class Sessions {
 public:
  // Holds at most so many changes of a process: of what was before these, nothing is known.
  explicit Sessions(std::size_t most = SIZE_MAX) : most_(most) {}

  // The number is that of a process of which nothing is known yet.
  void begun(std::uint32_t pid, std::uint64_t at_ns);
  // From then on, CLOCK_MONOTONIC, the client of the process has this name for itself.
  void application(std::uint32_t pid, std::uint64_t at_ns, std::string_view name);
  // From then on the process works as these.
  void users(std::uint32_t pid, std::uint64_t at_ns, const wire_users& users);
  // The same of all that `identity` says; `confirmed`: that it is who it says.
  void identified(std::uint32_t pid, std::uint64_t at_ns, const wire_identity& identity,
                  bool confirmed);
  // The name that a role has in the process.
  void role(std::uint32_t pid, std::uint32_t role, std::string_view name);
  // Forgets what was said of the process up to then: another may get its number.
  void ended(std::uint32_t pid, std::uint64_t at_ns);

  // As of then, until the next call of anything here; what is not known is empty. Forgets what was
  // before.
  const Session& at(std::uint32_t pid, std::uint64_t at_ns);
  // Of no process anything before this will be asked for.
  void forget_before(std::uint64_t at_ns);

 private:
  // What holds from each time on, in order of time.
  template <typename Value>
  using Since = std::vector<std::pair<std::uint64_t, Value>>;
  struct Process {
    Since<std::string> applications;
    Since<wire_users> users;
    std::map<std::uint32_t, std::string> names;  // of roles
    Session last;                                // that was asked for
    bool holds_on = false;                       // `last`, and nothing was said since
  };
  static void forget_before(Process& process, std::uint64_t at_ns);

  std::size_t most_;
  std::map<std::uint32_t, Process> processes_;
  const Session unknown_;
};

}  // namespace pgrec
