#include "record/kernel/hit.h"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

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

// As a class describes them that has arguments of these types.
ArgumentValues values_of(const wire_point& point, const std::vector<ArgumentType>& types) {
  ArgumentValues values;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool is_last = i + 1 == types.size();
    const std::uint64_t value = is_last && types[i].name == kUnreadableArguments
                                    ? point.unreadable
                                    : point.argument[i % WIRE_ARGUMENTS];
    switch (types[i].kind) {
      case ArgumentType::Kind::kString:
        values.emplace_back(std::string(point.name, ::strnlen(point.name, sizeof point.name)));
        break;
      case ArgumentType::Kind::kSigned:
        values.emplace_back(static_cast<std::int64_t>(value));
        break;
      default:
        values.emplace_back(value);
    }
  }
  return values;
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

DecodedRecord decode_record(std::span<const std::byte> bytes, const RecordContext& context) {
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
  decoded.hit.probe = context.activity_probe;
  decoded.hit.kind = static_cast<wire_kind>(record.kind);
  auto query = std::make_unique<QueryHit>();
  switch (record.kind) {
    case WIRE_TEXT: {
      TextHit piece{
          thread, {}, has(WIRE_TEXT_FIRST), has(WIRE_TEXT_CONTINUES), has(WIRE_HAS_CLIENT), {}};
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
    case WIRE_POINT: {
      wire_point point{};
      if (!take(bytes, point) || point.probe < context.first_point ||
          point.probe - context.first_point >= context.points.size())
        return {};
      decoded.hit.probe = point.probe;
      decoded.hit.odd = (record.flags & WIRE_ODD) != 0;
      decoded.hit.arguments = std::make_unique<ArgumentValues>(
          values_of(point, context.points[point.probe - context.first_point].arguments));
      return decoded;
    }
    default:
      return {};
  }
  decoded.hit.query = std::move(query);
  return decoded;
}

}  // namespace pgrec
