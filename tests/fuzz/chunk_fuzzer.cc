// Fuzz target: decodes any bytes as a chunk, the first 72 of them its plain part and the rest its
// columns, once kept as a whole and once event by event into a summary and into calls. What is
// decoded both ways must agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "analyze/calls/call_builder.h"
#include "format/chunk/chunk_decoder.h"
#include "format/chunk/chunk_summary.h"
#include "format/layout.h"

namespace {

using namespace pgrec;

// Classes 0 and 1, of every kind of argument and of one that nobody knows.
std::vector<EventClass> some_classes() {
  std::vector<EventClass> classes(2);
  classes[1].id = ClassId{1};
  for (std::uint8_t kind = 0; kind < 6; ++kind) {
    ArgumentType argument;
    argument.kind = static_cast<ArgumentType::Kind>(kind);
    classes[1].arguments.push_back(argument);
  }
  return classes;
}

// Adds up the chunk and counts its events.
class Counted : public ChunkSummary {
 public:
  bool event(const Event& event) {
    ++events_;
    return ChunkSummary::event(event);
  }
  std::uint64_t events() const { return events_; }

 private:
  std::uint64_t events_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<EventClass> classes = some_classes();
  const ByteView bytes(data, size);
  const std::size_t plain_bytes = size < layout::kChunkPlainBytes ? size : layout::kChunkPlainBytes;
  const ByteView plain = bytes.first(plain_bytes);
  const ByteView columns = bytes.subspan(plain_bytes);

  const auto chunk = decode_chunk(plain, columns, classes);
  ChunkDecoder decoder;
  Counted counted;
  const bool decoded = decoder.decode(plain, columns, counted);
  encode(counted.take());
  NoSink sink;
  CallBuilder<NoSink> calls(sink);
  const bool built = decoder.decode(plain, columns, calls);
  calls.finish(true);

  if (decoded != built) std::abort();
  if (chunk && !decoded) std::abort();
  if (chunk && counted.events() != chunk->header.events) std::abort();
  return 0;
}
