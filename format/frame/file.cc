#include "format/frame/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "format/error.h"

namespace pgrec {

std::string reason_of(int error_number) {
  return std::strerror(error_number);
}

File File::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO must not block
  if (fd < 0) {
    const int error = errno;
    throw Error(fmt::format("cannot open {}: {}", path, reason_of(error)),
                error == ENOENT   ? "pgrec record -o " + path + " makes one"
                : error == EACCES ? "a trace belongs to the user who recorded it"
                                  : "");
  }
  File file(fd, path);
  struct stat status {};
  if (::fstat(fd, &status) == 0 && !S_ISREG(status.st_mode)) {
    const bool directory = S_ISDIR(status.st_mode);
    throw Error(fmt::format("cannot read {}: it is {}", path,
                            directory ? "a directory" : "not a regular file"),
                directory ? "name the trace inside it" : "copy the trace into a file first");
  }
  return file;
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::uint64_t File::size_bytes() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0)
    throw Error(fmt::format("cannot stat {}: {}", name_, reason_of(errno)));
  return static_cast<std::uint64_t>(status.st_size);
}

Bytes File::read(std::uint64_t offset, std::size_t count) const {
  Bytes data(count);
  std::size_t got = 0;
  while (got < count) {
    const ssize_t n =
        ::pread(fd_, data.data() + got, count - got, static_cast<off_t>(offset + got));
    if (n == 0) break;
    if (n < 0 && errno != EINTR)
      throw Error(fmt::format("cannot read {}: {}", name_, reason_of(errno)));
    if (n > 0) got += static_cast<std::size_t>(n);
  }
  data.resize(got);
  return data;
}

void File::write(std::uint64_t offset, ByteView data) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(fmt::format("cannot write {}: {}", name_, reason_of(errno)));
    data = data.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void File::sync() {
  while (::fdatasync(fd_) != 0) {
    if (errno == EINTR) continue;
    if (errno == EINVAL || errno == EROFS) return;  // a pipe or a device, which has no disk
    throw Error(fmt::format("cannot write {} to the disk: {}", name_, reason_of(errno)));
  }
}

// A lock of fcntl(): it is the process's, so it ends with it, and can be asked for.
void File::mark_written() {
  set_lock(F_WRLCK);
}

void File::unmark_written() {
  set_lock(F_UNLCK);
}

void File::set_lock(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  ::fcntl(fd_, F_SETLK, &lock);  // a file system without locks has no live files
}

std::optional<std::int64_t> File::written_by() const {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd_, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return lock.l_pid;
}

bool File::truncate(std::uint64_t bytes) noexcept {
  return ::ftruncate(fd_, static_cast<off_t>(bytes)) == 0;
}

}  // namespace pgrec
