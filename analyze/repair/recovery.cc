#include "analyze/repair/recovery.h"

#include <algorithm>

#include "format/chunk/chunk_summary.h"

namespace pgrec {
namespace {

using layout::FrameType;

bool decodes(FrameType type, ByteView content) {
  switch (type) {
    case FrameType::kMetadata:
      return decode_metadata(content).has_value();
    case FrameType::kFunctions:
      return decode_functions(content).has_value();
    case FrameType::kClasses:
      return decode_classes(content).has_value();
    case FrameType::kTexts:
      return decode_texts(content).has_value();
    case FrameType::kProcesses:
      return decode_processes(content).has_value();
    case FrameType::kClocks:
      return decode_clocks(content).has_value();
    case FrameType::kAccounts:
      return decode_accounts(content).has_value();
    default:
      return true;
  }
}

class Rebuilding {
 public:
  Rebuilding(TraceReader& in, TraceWriter& out) : in_(in), out_(out) {}

  Recovery run() {
    auto chunk = in_.chunks().begin();
    for (const FrameRef& frame : in_.frames()) {
      switch (frame.type) {
        case FrameType::kChunk:
          take_chunk(*chunk);
          ++chunk;
          break;
        case FrameType::kSummary:
        case FrameType::kTotal:
        case FrameType::kIndex:
        case FrameType::kEnd:
          break;  // made anew
        default:
          take_table(frame);
      }
    }
    finish();
    return recovery_;
  }

 private:
  void take_table(const FrameRef& frame) {
    const auto payload = in_.read(frame);
    const auto losses =
        payload && frame.type == FrameType::kLosses ? decode_losses(payload->rest()) : std::nullopt;
    if (losses) {
      out_.write(*losses);
    } else if (payload && frame.type != FrameType::kLosses &&
               decodes(frame.type, payload->rest())) {
      out_.copy(payload->header, payload->stored(), nullptr);
    } else {
      ++recovery_.frames_dropped;
      return;
    }
    ++recovery_.frames_kept;
  }

  void take_chunk(const ChunkRef& chunk) {
    ChunkSummary summary;
    const auto payload = in_.read(chunk);
    const bool decoded = payload && decoder_.decode(payload->plain(), payload->rest(), summary);
    if (payload && !decoded) in_.add_damage(chunk.frame, "the chunk does not decode");
    if (!decoded) {
      hole_ = true;
      ++recovery_.frames_dropped;
      ++recovery_.chunks_dropped;
      return;
    }
    tell_of_hole(chunk.header.ids, chunk.header.first, chunk.frame.offset);
    Summary sums = summary.take();
    if (const auto stored = in_.summary_of(chunk)) sums.losses = stored->losses;
    out_.copy(payload->header, payload->stored(), &chunk.header);
    out_.write_summary(sums);
    next_ = chunk.header.next_ids();
    last_ = std::max(last_, chunk.header.last);
    behind_ = chunk.frame.end();
    recovery_.calls_kept += chunk.header.calls;
    ++recovery_.frames_kept;
    ++recovery_.chunks_kept;
  }

  // Between the chunk taken last and what begins with `ids` at `at` and `offset`.
  void tell_of_hole(const NextIds& ids, Timestamp at, std::uint64_t offset) {
    const auto missing = [](std::uint64_t from, std::uint64_t to) {
      return to > from ? to - from : 0;
    };
    const std::uint64_t calls = missing(value(next_.call), value(ids.call));
    const std::uint64_t executions = missing(value(next_.execution), value(ids.execution));
    const auto between = [&](const Damage& damage) {
      return damage.offset >= behind_ && damage.offset < offset && in_.may_hold_chunk(damage);
    };
    const bool damaged = std::any_of(in_.damages().begin(), in_.damages().end(), between);
    if (std::exchange(hole_, false) || damaged || calls + executions > 0) {
      holes_.push_back({last_, std::max(at, last_ + Duration(1)), layout::kFileDamage, std::nullopt,
                        std::nullopt, 0});
    }
    recovery_.calls_missing += calls;
    recovery_.executions_missing += executions;
  }

  void finish() {
    NextIds end = next_;
    if (in_.end()) end = {CallId{in_.end()->calls}, ExecutionId{in_.end()->executions}};
    tell_of_hole(end, in_.last(), in_.size_bytes());
    for (const Damage& damage : in_.damages())
      recovery_.damaged_bytes += damage.bytes;
    if (!holes_.empty()) out_.write(holes_);
    out_.write(
        Metadata{{"recovered.from", in_.name()},
                 {"recovered.damaged_bytes", std::to_string(recovery_.damaged_bytes)},
                 {"recovered.frames_dropped", std::to_string(recovery_.frames_dropped)},
                 {"recovered.calls_missing", std::to_string(recovery_.calls_missing)},
                 {"recovered.executions_missing", std::to_string(recovery_.executions_missing)}});
    out_.skip_ids(end);
    out_.close(std::max(in_.last(), last_));
  }

  TraceReader& in_;
  TraceWriter& out_;
  ChunkDecoder decoder_;
  Recovery recovery_;
  NextIds next_;
  Timestamp last_{};
  std::uint64_t behind_ = 0;  // the end of the chunk taken last
  bool hole_ = false;         // a chunk was dropped since
  std::vector<Loss> holes_;
};

}  // namespace

Recovery recover(TraceReader& in, TraceWriter& out) {
  return Rebuilding(in, out).run();
}

}  // namespace pgrec
