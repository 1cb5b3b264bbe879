// The file that a new trace goes to. It begins under a temporary name beside its place: a recording
// that cannot begin leaves everything as it was. It gets its own name when recording begins: a
// recorder that is killed leaves what it had under that name.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "format/frame/file.h"

namespace pgrec {

class OutputFile {
 public:
  // Makes the temporary file, readable by its owner only: a trace holds query texts. Throws Error
  // with a hint when `path` exists and `force` is not given, is still being written, or cannot be
  // written.
  // `option` named the path, and is what hints speak of.
  OutputFile(std::string path, bool force, std::string_view option = "-o");
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // Removes the temporary file, if it is still one.
  ~OutputFile();

  // Which file it is, whatever its name stands for later: its device and inode.
  std::pair<dev_t, ino_t> identity() const { return identity_; }
  // The temporary file's path, until it is put in place.
  const std::string& temporary() const { return temporary_; }
  // The open file, once.
  File take();
  // Gives the file its name. Throws Error when another file has taken it meanwhile.
  void put_in_place();

 private:
  void give_to_invoker();
  void sync_directory() const;
  void refuse_written() const;
  [[noreturn]] void refuse_existing() const;

  std::string path_;
  std::string temporary_;
  bool force_;
  int fd_ = -1;
  std::pair<dev_t, ino_t> identity_;
};

}  // namespace pgrec
