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

ThreadKey thread_of(const wire_record& record) {
  return {static_cast<std::uint32_t>(record.pid_tgid >> 32),
          static_cast<std::uint32_t>(record.pid_tgid)};
}

bool has(const wire_record& record, wire_record_flags flag) {
  return (record.flags & flag) != 0;
}

ThreadHit hit_of(const wire_record& record, std::uint32_t probe) {
  ThreadHit decoded;
  decoded.thread = thread_of(record);
  decoded.hit.ts_ns = record.ts_ns;
  decoded.hit.sp = record.sp;
  decoded.hit.probe = probe;
  decoded.hit.kind = static_cast<wire_kind>(record.kind);
  return decoded;
}

// Of each kind what follows `record`.

DecodedRecord text_hit(const wire_record& record, std::span<const std::byte> rest) {
  TextHit piece{thread_of(record),
                record.ts_ns,
                {},
                has(record, WIRE_TEXT_FIRST),
                has(record, WIRE_TEXT_CONTINUES),
                has(record, WIRE_HAS_CLIENT),
                {}};
  if (!take(rest, piece.query)) return {};
  piece.text = text_of(rest);
  return piece;
}

DecodedRecord begin_hit(const wire_record& record, std::span<const std::byte> rest,
                        std::uint32_t probe) {
  auto query = std::make_unique<QueryHit>();
  if (!take(rest, query->query)) return {};
  query->text_lost = has(record, WIRE_TEXT_LOST);
  query->unreadable = has(record, WIRE_TEXT_UNREADABLE);
  query->fastpath = has(record, WIRE_FASTPATH);
  query->client = has(record, WIRE_HAS_CLIENT);
  ThreadHit decoded = hit_of(record, probe);
  decoded.hit.query = std::move(query);
  return decoded;
}

DecodedRecord done_hit(const wire_record& record, std::span<const std::byte> rest,
                       std::uint32_t probe) {
  auto query = std::make_unique<QueryHit>();
  if (!take(rest, query->done)) return {};
  query->in_pipeline = has(record, WIRE_IN_PIPELINE);
  ThreadHit decoded = hit_of(record, probe);
  decoded.hit.query = std::move(query);
  return decoded;
}

DecodedRecord identity_hit(const wire_record& record, std::span<const std::byte> rest) {
  IdentityHit decoded{thread_of(record), record.ts_ns, {}, {}};
  if (record.kind == WIRE_USERS) {
    if (!take(rest, decoded.users)) return {};
    return decoded;
  }
  if (!take(rest, decoded.identity.emplace())) return {};
  decoded.users = decoded.identity->users;
  return decoded;
}

DecodedRecord role_hit(const wire_record& record, std::span<const std::byte> rest) {
  RoleHit decoded{thread_of(record), record.ts_ns, 0, {}};
  if (rest.size() < sizeof(wire_role) || !take(rest, decoded.role)) return {};
  const std::string_view name = text_of(rest.first(WIRE_IDENTIFIER_BYTES));
  decoded.name = name.substr(0, name.find('\0'));
  return decoded;
}

DecodedRecord point_hit(const wire_record& record, std::span<const std::byte> rest,
                        const RecordContext& context) {
  wire_point point{};
  if (!take(rest, point) || point.probe < context.first_point ||
      point.probe - context.first_point >= context.points.size())
    return {};
  ThreadHit decoded = hit_of(record, point.probe);
  decoded.hit.odd = (record.flags & WIRE_ODD) != 0;
  decoded.hit.arguments = std::make_unique<ArgumentValues>(
      values_of(point, context.points[point.probe - context.first_point].arguments));
  return decoded;
}

std::string severity_text(std::uint32_t severity) {
  switch (severity) {
    case WIRE_SEVERITY_ERROR:
      return "ERROR";
    case WIRE_SEVERITY_FATAL:
      return "FATAL";
    case WIRE_SEVERITY_PANIC:
      return "PANIC";
    default:
      return "";
  }
}

DecodedRecord error_hit(const wire_record& record, std::span<const std::byte> rest,
                        std::uint32_t probe) {
  wire_error error{};
  if (!take(rest, error)) return {};
  ThreadHit decoded = hit_of(record, probe);
  decoded.hit.of_statement = has(record, WIRE_OF_STATEMENT);
  decoded.hit.arguments = std::make_unique<ArgumentValues>(ArgumentValues{
      severity_text(error.severity), sqlstate_text(error.sqlstate), std::string(text_of(rest))});
  return decoded;
}

DecodedRecord slow_hit(const wire_record& record, std::span<const std::byte> rest) {
  SlowHit decoded{thread_of(record), record.ts_ns, {}, record.flags, {}};
  if (!take(rest, decoded.slow)) return {};
  if ((record.flags & WIRE_SLOW_TEXT_KEPT) != 0) decoded.kept = text_of(rest);
  return decoded;
}

}  // namespace

// MAKE_SQLSTATE() of PostgreSQL's utils/elog.h: six bits a character, the first in the lowest.
std::string sqlstate_text(std::uint32_t packed) {
  if (packed == 0) return {};
  std::string text;
  for (int i = 0; i < 5; ++i, packed >>= 6) {
    const char c = static_cast<char>('0' + (packed & 0x3f));
    if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')) return {};
    text += c;
  }
  return packed == 0 ? text : std::string();
}

ThreadHit decode_late_end(const wire_late_end& end) {
  ThreadHit decoded;
  decoded.thread = {static_cast<std::uint32_t>(end.pid_tgid >> 32),
                    static_cast<std::uint32_t>(end.pid_tgid)};
  decoded.hit.ts_ns = end.ts_ns;
  decoded.hit.sp = end.cpu_ns;
  decoded.hit.kind = WIRE_GONE;
  decoded.hit.end = static_cast<std::uint8_t>(end.flags);
  return decoded;
}

DecodedRecord decode_record(std::span<const std::byte> bytes, const RecordContext& context) {
  wire_record record{};
  if (!take(bytes, record) || bytes.size() < record.bytes) return {};
  bytes = bytes.first(record.bytes);
  switch (record.kind) {
    case WIRE_TEXT:
      return text_hit(record, bytes);
    case WIRE_TITLE:
    case WIRE_APPLICATION:
      return NameHit{thread_of(record), record.ts_ns, record.kind == WIRE_APPLICATION,
                     text_of(bytes), has(record, WIRE_HAS_CLIENT)};
    case WIRE_IDENTITY:
    case WIRE_USERS:
      return identity_hit(record, bytes);
    case WIRE_ROLE:
      return role_hit(record, bytes);
    case WIRE_BEGIN:
      return begin_hit(record, bytes, context.hooks_probe);
    case WIRE_COMPLETED:
    case WIRE_FAILED:
    case WIRE_SUSPENDED:
      return done_hit(record, bytes, context.hooks_probe);
    case WIRE_POINT:
      return point_hit(record, bytes, context);
    case WIRE_ERROR:
      return error_hit(record, bytes, context.hooks_probe);
    case WIRE_SLOW:
      return slow_hit(record, bytes);
    default:
      return {};
  }
}

}  // namespace pgrec
