#include "record/host/child_command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "format/error.h"
#include "format/frame/file.h"
#include "record/host/stop_signal.h"
#include "record/host/writing_signals.h"

namespace pgrec {
namespace {

[[noreturn]] void throw_not_runnable(const std::string& command, int error) {
  throw Error(fmt::format("cannot run {}: {}", command, reason_of(error)),
              "what comes after -- is a command and its arguments");
}

}  // namespace

void ChildCommand::check(const std::vector<std::string>& arguments) {
  const std::string& command = arguments[0];
  if (command.find('/') != command.npos) {
    if (::access(command.c_str(), X_OK) != 0) throw_not_runnable(command, errno);
    struct stat status {};
    if (::stat(command.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      throw_not_runnable(command, EISDIR);
    }
    return;
  }
  const char* path = std::getenv("PATH");
  std::istringstream directories(path ? path : "");
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (::access((directory + "/" + command).c_str(), X_OK) == 0) return;
  }
  throw_not_runnable(command, ENOENT);
}

ChildCommand::ChildCommand(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  // The child reports a failed exec through a pipe that a successful one closes.
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error("cannot make a pipe: " + reason_of(errno));
  const Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  pid_ = ::fork();
  if (pid_ < 0) throw Error(fmt::format("cannot start {}: {}", arguments[0], reason_of(errno)));
  if (pid_ == 0) {
    StopSignal::unblock();
    restore_writing_signals();
    ::execvp(argv[0], argv.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t n = ::write(writer.get(), &error, sizeof error);
    ::_exit(127);
  }
  writer = Descriptor();
  int error = 0;
  if (::read(reader.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
    throw_not_runnable(arguments[0], error);
  }
  pidfd_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

std::string ChildCommand::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) {
    exit_status_ = WEXITSTATUS(status);
    return fmt::format("status {}", exit_status_);
  }
  const int signal = WTERMSIG(status);
  exit_status_ = 128 + signal;
  return fmt::format("signal {} ({})", signal, ::strsignal(signal));
}

}  // namespace pgrec
