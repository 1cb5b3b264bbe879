// Stands before stdout and stderr, so that no screen and no message can forget what
// format/print/printable.h is for: what is written to them comes out printable, whoever writes it.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string_view>

namespace pgrec {

// While it lives, all that is written to `stream`, which it borrows, is made printable() on its
// way; ends of lines stay. A character that is written in parts comes out whole, unless the stream
// is flushed between them. What cannot be written is the stream's failure, as ever.
class PrintableStream {
 public:
  explicit PrintableStream(std::ostream& stream);
  ~PrintableStream();
  PrintableStream(const PrintableStream&) = delete;
  PrintableStream& operator=(const PrintableStream&) = delete;

 private:
  std::ostream& stream_;
  std::unique_ptr<std::streambuf> printable_;
  std::streambuf* behind_;  // the stream's own
};

// Writes past it, byte for byte: CSV, which is for programs, and the escape codes that pgrec itself
// makes for a terminal. To a stream without one it just writes.
void write_exactly(std::ostream& stream, std::string_view bytes);

}  // namespace pgrec
