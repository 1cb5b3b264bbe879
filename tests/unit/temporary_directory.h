// A directory of its own for a test, removed with what is in it when the test ends, also a failed
// one.
#pragma once

#include <string>

#include "format/frame/bytes.h"

namespace pgrec::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  // The path of `name` in it.
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The whole file at `path`.
Bytes read_file(const std::string& path);
// Makes the file at `path` hold exactly `bytes`.
void write_file(const std::string& path, ByteView bytes);

}  // namespace pgrec::test
