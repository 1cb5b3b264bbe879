#include "record/hit.h"

#include <cstring>

namespace pgrec {
namespace {

// The `Part` that stands at the beginning of `rest`, which begins behind it then.
template <typename Part>
bool take(std::span<const std::byte>& rest, Part& part) {
  if (rest.size() < sizeof part) return false;
  std::memcpy(&part, rest.data(), sizeof part);
  rest = rest.subspan(sizeof part);
  return true;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

// MAKE_SQLSTATE() of PostgreSQL's utils/elog.h: six bits a character, the first in the lowest.
std::string sqlstate_text(std::uint32_t packed) {
  if (packed == 0) return {};
  std::string text;
  for (int i = 0; i < 5; ++i, packed >>= 6)
    text += static_cast<char>('0' + (packed & 0x3f));
  return text;
}

DecodedRecord decode_record(std::span<const std::byte> bytes, std::uint32_t activity_probe) {
  wire_record record{};
  if (!take(bytes, record) || bytes.size() < record.bytes) return {};
  bytes = bytes.first(record.bytes);
  const auto has = [&](wire_record_flags flag) { return (record.flags & flag) != 0; };
  const ThreadKey thread = {static_cast<std::uint32_t>(record.pid_tgid >> 32),
                            static_cast<std::uint32_t>(record.pid_tgid)};
  ThreadHit decoded;
  decoded.thread = thread;
  decoded.hit.ts_ns = record.ts_ns;
  decoded.hit.sp = record.sp;
  decoded.hit.probe = activity_probe;
  decoded.hit.kind = static_cast<wire_kind>(record.kind);
  auto query = std::make_unique<QueryHit>();
  switch (record.kind) {
    case WIRE_TEXT: {
      TextHit piece{thread, {}, has(WIRE_TEXT_FIRST), has(WIRE_TEXT_CONTINUES),
                    has(WIRE_HAS_CLIENT), {}};
      if (!take(bytes, piece.query)) return {};
      piece.text = text_of(bytes);
      return piece;
    }
    case WIRE_TITLE:
    case WIRE_APPLICATION:
      return NameHit{thread, record.ts_ns, record.kind == WIRE_APPLICATION, text_of(bytes)};
    case WIRE_BEGIN:
      if (!take(bytes, query->query)) return {};
      query->text_lost = has(WIRE_TEXT_LOST);
      query->unreadable = has(WIRE_TEXT_UNREADABLE);
      query->fastpath = has(WIRE_FASTPATH);
      query->client = has(WIRE_HAS_CLIENT);
      break;
    case WIRE_COMPLETED:
    case WIRE_FAILED:
    case WIRE_SUSPENDED:
      if (!take(bytes, query->done)) return {};
      query->in_pipeline = has(WIRE_IN_PIPELINE);
      break;
    default:
      return {};
  }
  decoded.hit.query = std::move(query);
  return decoded;
}

}  // namespace pgrec
