// A log that grows line by line: a file that another program may move away (logrotate), or standard
// output. Each line is one write to the end of the file. Single-threaded.
#pragma once

#include <string>
#include <string_view>

#include "record/host/descriptor.h"

namespace pgrec {

class LogFile {
 public:
  // Opens the file at `path`, made for its owner and group (0640) where there is none; empty:
  // standard output. Throws Error with a hint.
  explicit LogFile(std::string path);

  // Writes the line and its end. False, and why() says why, where the log does not have it. A part
  // that got there stays as a line of its own.
  bool write(std::string_view line);
  const std::string& why() const { return why_; }

  // Goes on in the file that stands at the path now. False, and why() says why, where that cannot
  // be opened: then it goes on in the old one.
  bool reopen();

  // Nobody reads what is written, and nobody will.
  bool is_abandoned() const { return abandoned_; }

 private:
  int fd() const;

  std::string path_;
  Descriptor file_;
  bool torn_ = false;  // the last line is not whole
  bool abandoned_ = false;
  std::string why_;
};

}  // namespace pgrec
