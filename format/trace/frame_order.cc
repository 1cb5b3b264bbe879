#include "format/trace/frame_order.h"

#include <algorithm>
#include <utility>

namespace pgrec {

using layout::FrameType;

const char* FrameOrder::refuse(const FrameRef& frame, const ChunkHeader* chunk) {
  const bool behind_refused = std::exchange(refused_chunk_, false);
  if (frame.sequence < next_sequence_) return "the frame stands twice, or in another's place";
  next_sequence_ = std::max(frame.sequence, frame.sequence + 1);
  if (behind_refused && frame.type == FrameType::kSummary) return "it is of a chunk that is damage";
  if (!chunk) return nullptr;
  if (chunk->ids.call < next_ids_.call || chunk->ids.execution < next_ids_.execution) {
    refused_chunk_ = has_refused_chunk_ = true;
    return "its ids are those of a chunk before it";
  }
  next_ids_ = chunk->next_ids();
  return nullptr;
}

}  // namespace pgrec
