// One open file: positioned reads and writes that are whole or throw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/frame/bytes.h"

namespace pgrec {

// The reason a system call failed, in words ("No space left on device").
std::string reason_of(int error_number);

class File {
 public:
  // Takes over `fd`; `name` is how errors call it.
  File(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  // Opens an existing file for reading. Throws Error with a hint when it is missing, unreadable or
  // not a regular file.
  static File open(const std::string& path);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  const std::string& name() const { return name_; }
  std::uint64_t size_bytes() const;

  // Up to `count` bytes from `offset`; fewer only at the end of the file. Throws Error.
  Bytes read(std::uint64_t offset, std::size_t count) const;
  // All of `data` at `offset`. Throws Error.
  void write(std::uint64_t offset, ByteView data);
  // Waits until what was written is on the disk. Throws Error.
  void sync();
  // Tells readers in other processes that this one writes the file, until it is unmarked or closed.
  void mark_written();
  void unmark_written();
  // The process that writes the file, by its mark, as this one's pid namespace numbers it. Nothing
  // where none does.
  std::optional<std::int64_t> written_by() const;
  // Cuts the file to `bytes`. False when that fails, which leaves the file as it was.
  bool truncate(std::uint64_t bytes) noexcept;

 private:
  void set_lock(short type);

  int fd_;
  std::string name_;
};

}  // namespace pgrec
