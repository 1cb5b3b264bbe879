#include "format/print/printable_stream.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "format/print/printable.h"

namespace pgrec {
namespace {

bool is_line_text(char c) {
  return (c >= ' ' && c <= '~') || c == '\n';
}

class PrintableBuffer : public std::streambuf {
 public:
  explicit PrintableBuffer(std::streambuf* behind) : behind_(behind) {}

  bool write_exactly(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    return flush_unfinished() && put(bytes);
  }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    return write({bytes, static_cast<std::size_t>(count)}) ? count : 0;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const std::lock_guard lock(mutex_);
    const char byte = traits_type::to_char_type(c);
    return write({&byte, 1}) ? c : traits_type::eof();
  }
  int sync() override {
    const std::lock_guard lock(mutex_);
    return flush_unfinished() ? behind_->pubsync() : -1;
  }

 private:
  bool put(std::string_view bytes) {
    const auto count = static_cast<std::streamsize>(bytes.size());
    return behind_->sputn(bytes.data(), count) == count;
  }
  bool flush_unfinished() { return put(printable(std::exchange(unfinished_, {}))); }

  bool write(std::string_view text) {
    if (unfinished_.empty() && std::all_of(text.begin(), text.end(), is_line_text))
      return put(text);
    std::string all = std::exchange(unfinished_, {}).append(text);
    const std::size_t left = unfinished_bytes(all);
    unfinished_ = all.substr(all.size() - left);
    all.resize(all.size() - left);
    std::string shown;
    for (std::size_t from = 0; from < all.size();) {
      const std::size_t end = std::min(all.find('\n', from), all.size());
      shown += printable(std::string_view(all).substr(from, end - from));
      if (end < all.size()) shown += '\n';
      from = end + 1;
    }
    return put(shown);
  }

  std::mutex mutex_;  // threads of the recorder have messages, too
  std::streambuf* behind_;
  std::string unfinished_;  // the beginning of a character
};

}  // namespace

PrintableStream::PrintableStream(std::ostream& stream)
    : stream_(stream),
      printable_(std::make_unique<PrintableBuffer>(stream.rdbuf())),
      behind_(stream.rdbuf()) {
  const auto state = stream.rdstate();
  stream_.rdbuf(printable_.get());
  stream_.clear(state);
}

PrintableStream::~PrintableStream() {
  stream_.flush();
  const auto state = stream_.rdstate();
  stream_.rdbuf(behind_);
  stream_.clear(state);
}

void write_exactly(std::ostream& stream, std::string_view bytes) {
  auto* const printable = dynamic_cast<PrintableBuffer*>(stream.rdbuf());
  if (!printable) {
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  } else if (!printable->write_exactly(bytes)) {
    stream.setstate(std::ios::badbit);
  }
}

}  // namespace pgrec
