#include "record/host/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "format/error.h"
#include "format/frame/file.h"

namespace pgrec {
namespace {

Descriptor open_log(const std::string& path) {
  constexpr mode_t kOwnerAndGroup = 0640;
  return Descriptor(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kOwnerAndGroup));
}

}  // namespace

LogFile::LogFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  file_ = open_log(path_);
  if (!file_.is_open()) {
    throw Error("cannot open the log " + path_ + ": " + reason_of(errno),
                "its directory has to be there, and this user has to be allowed to write to it");
  }
}

int LogFile::fd() const {
  return path_.empty() ? STDOUT_FILENO : file_.get();
}

bool LogFile::write(std::string_view line) {
  std::string bytes = torn_ ? "\n" : "";
  bytes += line;
  bytes += '\n';
  ssize_t written = 0;
  do {
    written = ::write(fd(), bytes.data(), bytes.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(bytes.size())) {
    torn_ = false;
    return true;
  }
  abandoned_ = written < 0 && errno == EPIPE;
  why_ = written < 0 ? reason_of(errno) : "there is room for a part of a line only";
  if (written > 0) torn_ = bytes[static_cast<std::size_t>(written) - 1] != '\n';
  return false;
}

bool LogFile::reopen() {
  if (path_.empty()) return true;
  Descriptor next = open_log(path_);
  if (!next.is_open()) {
    why_ = reason_of(errno);
    return false;
  }
  file_ = std::move(next);
  torn_ = false;
  return true;
}

}  // namespace pgrec
