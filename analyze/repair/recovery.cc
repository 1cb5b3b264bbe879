#include "analyze/repair/recovery.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "format/chunk/chunk_summary.h"
#include "format/postgres/roles_of_classes.h"
#include "format/postgres/text_fingerprint.h"

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
  Rebuilding(TraceReader& in, TraceWriter& out)
      : in_(in), out_(out), sums_({execution_roles(in.classes()), &fingerprints_}, in.classes()) {}

  Recovery run() {
    auto chunk = in_.chunks().begin();
    for (const FrameRef& frame : in_.frames()) {
      recovery_.frames_missing += frame.sequence - next_frame_;
      next_frame_ = frame.sequence + 1;
      switch (frame.type) {
        case FrameType::kChunk:
          know_of(chunk->header);
          last_chunk_ = frame.sequence;
          take_chunk(*chunk);
          ++chunk;
          break;
        case FrameType::kSummary:
          know_of_summary(frame);
          break;
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
  // A chunk was there, whether it can be read or not: its calls and executions had these ids.
  void know_of(const ChunkHeader& header) {
    const NextIds next = header.next_ids();
    known_ = {std::max(known_.call, next.call), std::max(known_.execution, next.execution)};
  }

  // Of a chunk that is not found the summary says what it held, where no end does. Its ids are not
  // known: they follow on those that are, and where another chunk comes after it that one says
  // more.
  void know_of_summary(const FrameRef& frame) {
    if (in_.closed()) return;
    const auto payload = in_.read(frame);
    if (!payload) return;
    ByteReader plain(payload->plain());
    const std::uint64_t chunk = plain.u64();
    const bool is_known = last_chunk_ && chunk <= *last_chunk_;
    if (!plain.ok() || is_known || chunk >= frame.sequence) return;
    const auto summary = decode_summary(payload->rest());
    if (!summary) return;
    last_chunk_ = chunk;
    hole_ = true;
    std::uint64_t calls = value(known_.call);
    for (const auto& [id, function] : summary->functions)
      calls = std::min(add_capped(calls, function.calls), layout::kMaxNs);
    const std::uint64_t executions =
        std::min(add_capped(value(known_.execution), summary->executions.begun), layout::kMaxNs);
    known_ = {CallId{calls}, ExecutionId{executions}};
  }

  void take_table(const FrameRef& frame) {
    const auto payload = in_.read(frame);
    const auto losses =
        payload && frame.type == FrameType::kLosses ? decode_losses(payload->rest()) : std::nullopt;
    if (losses) {
      out_.write(*losses);
    } else if (payload && frame.type != FrameType::kLosses &&
               decodes(frame.type, payload->rest())) {
      if (frame.type == FrameType::kTexts) know_of_texts(*decode_texts(payload->rest()));
      out_.copy(payload->header, payload->stored(), nullptr);
    } else {
      ++recovery_.frames_dropped;
      return;
    }
    ++recovery_.frames_kept;
  }

  void know_of_texts(const std::vector<Text>& texts) {
    for (const Text& text : texts)
      fingerprints_.add(text.id, fingerprint_of(text));
  }

  void take_chunk(const ChunkRef& chunk) {
    const auto payload = in_.read(chunk);
    const bool decoded = payload && decoder_.decode(payload->plain(), payload->rest(), sums_);
    if (payload && !decoded) in_.add_damage(chunk.frame, "the chunk does not decode");
    if (!decoded) {
      sums_.forget();
      ++recovery_.frames_dropped;
      ++recovery_.chunks_dropped;
      return;
    }
    tell_of_hole(chunk.header.ids, chunk.header.first, chunk.frame.offset);
    Summary sums = sums_.take();
    if (const auto stored = in_.summary_of(chunk)) sums.losses = stored->losses;
    out_.copy(payload->header, payload->stored(), &chunk.header);
    out_.write_summary(sums);
    next_ = chunk.header.next_ids();
    last_ = std::max(last_, chunk.header.last);
    last_of_chunk_ = chunk.header.last;
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
      const bool before = damage.offset < offset || damage.offset + damage.bytes <= offset;
      return damage.offset >= behind_ && before && in_.may_hold_chunk(damage);
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
    if (in_.cut_chunk() && in_.cut_chunk()->ids.call >= known_.call) {
      hole_ = true;
      know_of(*in_.cut_chunk());
    }
    NextIds end = known_;
    if (in_.end()) {
      end = {std::max(end.call, CallId{in_.end()->calls}),
             std::max(end.execution, ExecutionId{in_.end()->executions})};
    }
    // What ends after the last chunk says that one may be missing behind it.
    for (Loss& hole : holes_) {
      hole.to = std::min(hole.to, last_of_chunk_);
      hole.from = std::min(hole.from, hole.to);
    }
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
  TextFingerprints fingerprints_;
  ChunkSummary sums_;
  Recovery recovery_;
  NextIds next_;   // behind the chunk taken last
  NextIds known_;  // behind all that are known of
  std::uint64_t next_frame_ = 0;
  std::optional<std::uint64_t> last_chunk_;  // the number of the last one known of
  Timestamp last_{};                         // of all chunks taken
  Timestamp last_of_chunk_{};                // of the one taken last
  std::uint64_t behind_ = 0;                 // the end of the chunk taken last
  bool hole_ = false;                        // a chunk is missing since
  std::vector<Loss> holes_;
};

}  // namespace

Recovery recover(TraceReader& in, TraceWriter& out) {
  return Rebuilding(in, out).run();
}

}  // namespace pgrec
