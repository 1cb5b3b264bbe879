#include "format/chunk/chunk.h"

#include "format/chunk/chunk_decoder.h"
#include "format/layout.h"

namespace pgrec {
namespace {

// Keeps everything. Checks by a replay that events end only what is open.
class Collector {
 public:
  explicit Collector(const std::vector<EventClass>& classes) : classes_(classes) {}

  void chunk(const ChunkHeader& header, const Columns& columns) {
    chunk_.header = header;
    ids_ = header.ids;
    arguments_.emplace(columns, classes_);
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    state_ = opening;
    chunk_.threads.push_back({key, std::move(opening), {}, {}});
  }
  bool event(const Event& event) {
    ChunkThread& thread = chunk_.threads.back();
    thread.events.push_back(event);
    if (event.kind == EventKind::kOfClass) {
      thread.arguments.push_back(next_arguments(event.event_class));
    }
    NoSink sink;
    return replay(event, thread.key, state_, ids_, sink);
  }
  Chunk take() { return std::move(chunk_); }

 private:
  ArgumentValues next_arguments(ClassId event_class) {
    if (arguments_left_ == 0) return {};
    ArgumentValues next = arguments_->next(event_class);
    if (next.size() > arguments_left_) {
      arguments_left_ = 0;
      return {};
    }
    arguments_left_ -= next.size();
    return next;
  }

  const std::vector<EventClass>& classes_;
  Chunk chunk_;
  ThreadState state_;
  NextIds ids_;
  std::optional<ArgumentReader> arguments_;
  std::size_t arguments_left_ = layout::kMaxChunkArguments;
};

}  // namespace

void put_chunk_header(Bytes& out, const ChunkHeader& header) {
  put_u64(out, static_cast<std::uint64_t>(to_ns(header.first)));
  put_u64(out, static_cast<std::uint64_t>(to_ns(header.last)));
  put_u64(out, value(header.ids.call));
  put_u64(out, value(header.ids.execution));
  put_u32(out, header.events);
  put_u32(out, header.calls);
  put_u32(out, header.executions);
  put_u32(out, header.threads);
  put_u64(out, static_cast<std::uint64_t>(header.longest.count()));
  put_u64(out, header.functions);
  put_u64(out, header.processes);
}

bool get_chunk_header(ByteReader& in, ChunkHeader& header) {
  const std::uint64_t first = in.u64();
  const std::uint64_t last = in.u64();
  header.ids.call = CallId{in.u64()};
  header.ids.execution = ExecutionId{in.u64()};
  header.events = in.u32();
  header.calls = in.u32();
  header.executions = in.u32();
  header.threads = in.u32();
  const std::uint64_t longest = in.u64();
  header.functions = in.u64();
  header.processes = in.u64();
  if (!in.ok() || first > last || last >= layout::kMaxNs || longest >= layout::kMaxNs ||
      header.events > layout::kMaxChunkEvents || header.threads > layout::kMaxChunkThreads ||
      header.calls > header.events || header.executions > header.events ||
      value(header.ids.call) >= layout::kMaxNs || value(header.ids.execution) >= layout::kMaxNs) {
    return false;
  }
  header.first = from_ns(static_cast<std::int64_t>(first));
  header.last = from_ns(static_cast<std::int64_t>(last));
  header.longest = Duration(static_cast<std::int64_t>(longest));
  return true;
}

std::optional<Chunk> decode_chunk(ByteView plain, ByteView columns,
                                  const std::vector<EventClass>& classes) {
  ChunkDecoder decoder;
  Collector collector(classes);
  if (!decoder.decode(plain, columns, collector)) return std::nullopt;
  return collector.take();
}

}  // namespace pgrec
