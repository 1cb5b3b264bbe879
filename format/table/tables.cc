#include "format/table/tables.h"

#include <algorithm>

#include "format/layout.h"
#include "format/table/rows.h"

namespace pgrec {
namespace {

constexpr std::uint8_t kTextCut = 1;
constexpr std::uint8_t kTextUnreadable = 2;
constexpr std::uint8_t kTextWithheld = 4;
constexpr std::uint8_t kTextNormalized = 8;

constexpr std::uint8_t kProcessStarted = 1;
constexpr std::uint8_t kProcessEnded = 2;
constexpr std::uint8_t kProcessWho = 4;
constexpr std::uint8_t kProcessUsers = 8;

template <typename Rows, typename PutRow>
Bytes encode_rows(const Rows& rows, PutRow put_row) {
  Bytes out;
  put_rows(out, rows, put_row);
  return out;
}

template <typename Row, typename GetRow>
std::optional<std::vector<Row>> decode_rows(ByteView payload, GetRow get_row,
                                            std::uint32_t max_rows = layout::kMaxTableRows) {
  ByteReader in(payload);
  std::vector<Row> rows;
  const auto add = [&](ByteReader& row) { rows.push_back(get_row(row)); };
  if (!get_rows(in, add, max_rows)) return std::nullopt;
  return rows;
}

FunctionId get_function(ByteReader& in) {
  return FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
}

Timestamp get_timestamp(ByteReader& in) {
  return from_ns(static_cast<std::int64_t>(in.varint_below(layout::kMaxNs)));
}

// Of a moment before the trace began, that of its beginning; and the last one that can be said.
void put_timestamp(Bytes& out, Timestamp time) {
  constexpr auto kLast = static_cast<std::int64_t>(layout::kMaxNs - 1);
  put_varint(out, static_cast<std::uint64_t>(std::clamp<std::int64_t>(to_ns(time), 0, kLast)));
}

}  // namespace

std::string_view recorded_as(Function::Role role) {
  if (role == Function::Role::kCalls) return "calls";
  return role == Function::Role::kEvents ? "events" : "executions";
}

Bytes encode(const Metadata& metadata) {
  return encode_rows(metadata, [](Bytes& out, const auto& fact) {
    put_string(out, fact.first);
    put_string(out, fact.second);
  });
}

std::optional<Metadata> decode_metadata(ByteView payload) {
  return decode_rows<std::pair<std::string, std::string>>(payload, [](ByteReader& in) {
    std::string key(in.string());
    return std::pair(std::move(key), std::string(in.string()));
  });
}

Bytes encode(const std::vector<Function>& functions) {
  return encode_rows(functions, [](Bytes& out, const Function& function) {
    put_varint(out, value(function.id));
    out.push_back(static_cast<std::uint8_t>(function.role));
    put_string(out, function.name);
    put_string(out, function.binary);
    put_string(out, function.build_id);
    put_varint(out, function.file_offset);
  });
}

std::optional<std::vector<Function>> decode_functions(ByteView payload) {
  return decode_rows<Function>(payload, [](ByteReader& in) {
    Function function;
    function.id = get_function(in);
    function.role = static_cast<Function::Role>(in.u8());
    function.name = in.string();
    function.binary = in.string();
    function.build_id = in.string();
    function.file_offset = in.varint();
    return function;
  });
}

Bytes encode(const std::vector<EventClass>& classes) {
  return encode_rows(classes, [](Bytes& out, const EventClass& one) {
    put_varint(out, value(one.id));
    out.push_back(static_cast<std::uint8_t>(one.subject));
    put_string(out, one.name);
    put_varint(out, one.arguments.size());
    for (const ArgumentType& argument : one.arguments) {
      put_string(out, argument.name);
      out.push_back(static_cast<std::uint8_t>(argument.kind));
      put_string(out, argument.unit);
    }
  });
}

std::optional<std::vector<EventClass>> decode_classes(ByteView payload) {
  return decode_rows<EventClass>(
      payload,
      [](ByteReader& in) {
        EventClass one;
        one.id = ClassId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxClasses))};
        one.subject = static_cast<EventClass::Subject>(in.u8());
        one.name = in.string();
        const std::uint64_t arguments = in.varint_below(layout::kMaxArguments + 1);
        for (std::uint64_t i = 0; i < arguments && in.ok(); ++i) {
          ArgumentType& argument = one.arguments.emplace_back();
          argument.name = in.string();
          argument.kind = static_cast<ArgumentType::Kind>(in.u8());
          argument.unit = in.string();
        }
        return one;
      },
      layout::kMaxClasses);
}

Bytes encode(const std::vector<Text>& texts) {
  return encode_rows(texts, [](Bytes& out, const Text& text) {
    put_varint(out, value(text.id));
    out.push_back(static_cast<std::uint8_t>(
        (text.cut ? kTextCut : 0) | (text.unreadable ? kTextUnreadable : 0) |
        (text.withheld ? kTextWithheld : 0) | (text.normalized ? kTextNormalized : 0)));
    put_string(out, text.text);
    put_varint(out, text.query_bytes);
    put_varint(out, text.fingerprint);
  });
}

std::optional<std::vector<Text>> decode_texts(ByteView payload) {
  return decode_rows<Text>(payload, [](ByteReader& in) {
    Text text;
    text.id = TextId{static_cast<std::uint32_t>(in.varint_below(1ull << 32))};
    const std::uint8_t flags = in.u8();
    text.cut = (flags & kTextCut) != 0;
    text.unreadable = (flags & kTextUnreadable) != 0;
    text.withheld = (flags & kTextWithheld) != 0;
    text.normalized = (flags & kTextNormalized) != 0;
    text.text = in.string();
    if (in.at_end()) return text;  // of format 1.1
    text.query_bytes = in.varint();
    text.fingerprint = in.varint();
    return text;
  });
}

Bytes encode(const std::vector<Process>& processes) {
  return encode_rows(processes, [](Bytes& out, const Process& process) {
    const bool has_users = !process.user.empty() || !process.session_user.empty();
    put_varint(out, process.pid);
    put_string(out, process.title);
    put_string(out, process.application);
    out.push_back(static_cast<std::uint8_t>(
        (process.started ? kProcessStarted : 0) | (process.ended ? kProcessEnded : 0) |
        (process.who ? kProcessWho : 0) | (has_users ? kProcessUsers : 0)));
    put_zigzag(out, process.started ? to_ns(*process.started) : 0);
    put_timestamp(out, process.ended.value_or(Timestamp{}));
    if (const auto& who = process.who) {
      for (const auto* text : {&who->backend_type, &who->database, &who->user, &who->client})
        put_string(out, *text);
    }
    if (!has_users) return;
    put_string(out, process.user);
    put_string(out, process.session_user);
  });
}

std::optional<std::vector<Process>> decode_processes(ByteView payload) {
  return decode_rows<Process>(payload, [](ByteReader& in) {
    Process process;
    process.pid = static_cast<std::uint32_t>(in.varint_below(1ull << 32));
    process.title = in.string();
    if (in.at_end()) return process;  // of format 1.1
    process.application = in.string();
    const std::uint8_t flags = in.u8();
    const std::int64_t started = in.zigzag();
    if ((flags & kProcessStarted) != 0) process.started = from_ns(started);
    const Timestamp ended = get_timestamp(in);
    if ((flags & kProcessEnded) != 0) process.ended = ended;
    if ((flags & kProcessWho) != 0) {
      ProcessWho& who = process.who.emplace();
      for (auto* text : {&who.backend_type, &who.database, &who.user, &who.client})
        *text = in.string();
    }
    if ((flags & kProcessUsers) != 0) {
      process.user = in.string();
      process.session_user = in.string();
    }
    return process;
  });
}

Bytes encode(const std::vector<ClockSample>& samples) {
  return encode_rows(samples, [](Bytes& out, const ClockSample& sample) {
    put_timestamp(out, sample.at);
    put_zigzag(out, sample.realtime_ns);
  });
}

std::optional<std::vector<ClockSample>> decode_clocks(ByteView payload) {
  return decode_rows<ClockSample>(payload, [](ByteReader& in) {
    const Timestamp at = get_timestamp(in);
    return ClockSample{at, in.zigzag()};
  });
}

Bytes encode(const std::vector<Loss>& losses) {
  return encode_rows(losses, [](Bytes& out, const Loss& loss) {
    put_timestamp(out, loss.from);
    put_timestamp(out, loss.to);
    put_string(out, loss.cause);
    put_varint(out, loss.function ? 1 + std::uint64_t{value(*loss.function)} : 0);
    put_varint(out, loss.cpu ? 1 + std::uint64_t{*loss.cpu} : 0);
    put_varint(out, loss.events);
  });
}

std::optional<std::vector<Loss>> decode_losses(ByteView payload) {
  return decode_rows<Loss>(payload, [](ByteReader& in) {
    Loss loss;
    loss.from = get_timestamp(in);
    loss.to = get_timestamp(in);
    loss.cause = in.string();
    const std::uint64_t function = in.varint_below(layout::kMaxFunctions + 1);
    if (function > 0) loss.function = FunctionId{static_cast<std::uint32_t>(function - 1)};
    const std::uint64_t cpu = in.varint_below(1ull << 32);
    if (cpu > 0) loss.cpu = static_cast<std::uint32_t>(cpu - 1);
    loss.events = in.varint();
    return loss;
  });
}

void Account::merge(const Account& other) {
  fired = add_capped(fired, other.fired);
  recorded = add_capped(recorded, other.recorded);
  filtered = add_capped(filtered, other.filtered);
  short_calls.merge(other.short_calls);
}

Bytes encode(const std::vector<Account>& accounts) {
  return encode_rows(accounts, [](Bytes& out, const Account& account) {
    put_varint(out, value(account.function));
    put_varint(out, account.fired);
    put_varint(out, account.recorded);
    put_varint(out, account.filtered);
    put_histogram(out, account.short_calls);
  });
}

std::optional<std::vector<Account>> decode_accounts(ByteView payload) {
  std::size_t blocks = 0;
  return decode_rows<Account>(payload, [&](ByteReader& in) {
    Account account;
    account.function = get_function(in);
    account.fired = in.varint();
    account.recorded = in.varint();
    account.filtered = in.varint();
    if (!get_histogram(in, account.short_calls)) in.fail();
    blocks += account.short_calls.blocks();
    if (blocks > layout::kMaxHistogramBlocks) in.fail();
    return account;
  });
}

}  // namespace pgrec
