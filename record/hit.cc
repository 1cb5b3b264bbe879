#include "record/hit.h"

#include <cstring>

namespace pgrec {

std::optional<ThreadHit> decode_wire(std::span<const std::byte> record) {
  wire_event event{};
  if (record.size() < sizeof event) return std::nullopt;
  std::memcpy(&event, record.data(), sizeof event);
  if (event.kind >= WIRE_KINDS) return std::nullopt;

  ThreadHit decoded;
  decoded.thread = {event.pid, event.tid};
  Hit& hit = decoded.hit;
  hit.ts_ns = event.ts_ns;
  hit.sp = event.sp;
  hit.probe = event.probe;
  hit.kind = static_cast<wire_kind>(event.kind);
  hit.chained = (event.flags & WIRE_CHAINED) != 0;
  if (hit.kind == WIRE_BEGIN || hit.kind == WIRE_MORE) {
    wire_text piece{};
    if (record.size() < sizeof piece) return std::nullopt;
    std::memcpy(&piece, record.data(), sizeof piece);
    if (record.size() < sizeof piece + piece.bytes) return std::nullopt;
    const auto* bytes = reinterpret_cast<const char*>(record.data() + sizeof piece);
    hit.text_continues = (piece.flags & WIRE_TEXT_CONTINUES) != 0;
    hit.text = std::make_unique<Text>();
    hit.text->cut = (piece.flags & WIRE_TEXT_CUT) != 0;
    hit.text->unreadable = (piece.flags & WIRE_TEXT_UNREADABLE) != 0;
    hit.text->text.assign(bytes, piece.bytes);
  }
  return decoded;
}

}  // namespace pgrec
