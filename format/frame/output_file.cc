#include "format/frame/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "format/error.h"

namespace pgrec {

OutputFile::OutputFile(std::string path, bool force, std::string_view option)
    : path_(std::move(path)), force_(force) {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      throw Error(fmt::format("cannot write {}: it is not a regular file", path_),
                  fmt::format("name a file with {}; it is made anew", option));
    }
    refuse_written();
    if (!force_) refuse_existing();
  }
  const std::size_t slash = path_.rfind('/');
  const std::string directory = slash == path_.npos ? "" : path_.substr(0, slash + 1);
  temporary_ = fmt::format("{}.pgrec.{}", directory, ::getpid());
  fd_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd_ < 0) {
    const int error = errno;
    temporary_.clear();
    throw Error(fmt::format("cannot write {}: {}", path_, reason_of(error)),
                error == ENOENT ? "make its directory first"
                                : fmt::format("name another file with {}", option));
  }
  if (::fstat(fd_, &status) == 0) identity_ = {status.st_dev, status.st_ino};
  give_to_invoker();
}

// Under sudo the trace belongs to who called it, who can then analyze it without root.
void OutputFile::give_to_invoker() {
  const char* uid = std::getenv("SUDO_UID");
  const char* gid = std::getenv("SUDO_GID");
  if (::geteuid() != 0 || !uid || !gid) return;
  if (::fchown(fd_, static_cast<uid_t>(std::strtoul(uid, nullptr, 10)),
               static_cast<gid_t>(std::strtoul(gid, nullptr, 10))) != 0) {
    return;  // it then stays root's
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

File OutputFile::take() {
  return {std::exchange(fd_, -1), path_};
}

void OutputFile::put_in_place() {
  refuse_written();
  int result = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(),
                           force_ ? 0 : RENAME_NOREPLACE);
  if (result != 0 && errno == EINVAL && ::access(path_.c_str(), F_OK) != 0) {
    result = ::rename(temporary_.c_str(), path_.c_str());  // a file system without RENAME_NOREPLACE
  }
  if (result != 0 && errno == EEXIST) refuse_existing();
  if (result != 0) throw Error(fmt::format("cannot write {}: {}", path_, reason_of(errno)));
  temporary_.clear();
  sync_directory();
}

// So that a power failure does not take the name away again. Where that cannot be had, it is there
// until then.
void OutputFile::sync_directory() const {
  const std::size_t slash = path_.rfind('/');
  const std::string directory = slash == path_.npos ? "." : path_.substr(0, slash + 1);
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

// Who writes it would go on, into a file that has no name any more.
void OutputFile::refuse_written() const {
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0) return;
  const std::optional<std::int64_t> writer = File(fd, path_).written_by();
  if (!writer) return;
  throw Error(fmt::format("cannot write {}: process {} is writing it", path_, *writer),
              "name another file, or end that recording first");
}

void OutputFile::refuse_existing() const {
  throw Error(fmt::format("cannot write {}: it exists", path_),
              "name another file, or overwrite it with --force");
}

}  // namespace pgrec
