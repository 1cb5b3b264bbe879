#include "record/hit.h"

#include <cstring>
#include <string_view>

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

std::optional<ThreadHit> decode_point(std::span<const std::byte> record, std::uint32_t first_point,
                                      std::span<const EventClass> points) {
  wire_point point{};
  if (record.size() < sizeof point) return std::nullopt;
  std::memcpy(&point, record.data(), sizeof point);
  if (point.kind != WIRE_POINT || point.probe < first_point ||
      point.probe - first_point >= points.size()) {
    return std::nullopt;
  }
  ThreadHit decoded;
  decoded.thread = {static_cast<std::uint32_t>(point.pid_tgid >> 32),
                    static_cast<std::uint32_t>(point.pid_tgid)};
  Hit& hit = decoded.hit;
  hit.ts_ns = point.ts_ns;
  hit.sp = point.sp;
  hit.probe = point.probe;
  hit.kind = WIRE_POINT;
  hit.odd = (point.flags & WIRE_ODD) != 0;
  hit.arguments = std::make_unique<ArgumentValues>();
  const auto& types = points[point.probe - first_point].arguments;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool is_last = i + 1 == types.size();
    const std::uint64_t value = is_last && types[i].name == kUnreadable
                                    ? point.unreadable
                                    : point.argument[i % WIRE_ARGUMENTS];
    switch (types[i].kind) {
      case ArgumentType::Kind::kString:
        hit.arguments->emplace_back(
            std::string(point.name, ::strnlen(point.name, sizeof point.name)));
        break;
      case ArgumentType::Kind::kSigned:
        hit.arguments->emplace_back(static_cast<std::int64_t>(value));
        break;
      default:
        hit.arguments->emplace_back(value);
    }
  }
  return decoded;
}

}  // namespace pgrec
