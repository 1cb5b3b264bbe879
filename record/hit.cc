#include "record/hit.h"

#include <cstring>

namespace pgrec {

std::optional<ThreadHit> decode_text(std::span<const std::byte> record,
                                     std::uint32_t activity_probe) {
  wire_text piece{};
  if (record.size() < sizeof piece) return std::nullopt;
  std::memcpy(&piece, record.data(), sizeof piece);
  if (piece.kind != WIRE_BEGIN && piece.kind != WIRE_MORE) return std::nullopt;
  if (record.size() - sizeof piece < piece.bytes) return std::nullopt;

  ThreadHit decoded;
  decoded.thread = {static_cast<std::uint32_t>(piece.pid_tgid >> 32),
                    static_cast<std::uint32_t>(piece.pid_tgid)};
  Hit& hit = decoded.hit;
  hit.ts_ns = piece.ts_ns;
  hit.sp = piece.sp;
  hit.probe = activity_probe;
  hit.kind = static_cast<wire_kind>(piece.kind);
  hit.text_continues = (piece.flags & WIRE_TEXT_CONTINUES) != 0;
  hit.text = std::make_unique<Text>();
  hit.text->cut = (piece.flags & WIRE_TEXT_CUT) != 0;
  hit.text->unreadable = (piece.flags & WIRE_TEXT_UNREADABLE) != 0;
  hit.text->text.assign(reinterpret_cast<const char*>(record.data() + sizeof piece), piece.bytes);
  return decoded;
}

}  // namespace pgrec
