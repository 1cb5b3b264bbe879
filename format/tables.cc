#include "format/tables.h"

#include "format/layout.h"

namespace pgrec {
namespace {

constexpr std::uint64_t kMaxNs = 1ull << 60;
constexpr std::uint8_t kTextCut = 1;
constexpr std::uint8_t kTextUnreadable = 2;

// Every table is a count and then its rows, each row the length of its bytes and the bytes: a
// reader passes over what a later version appended to a row.
template <typename Row, typename PutRow>
Bytes encode_rows(const std::vector<Row>& rows, PutRow put_row) {
  Bytes out;
  put_varint(out, rows.size());
  Bytes bytes;
  for (const Row& row : rows) {
    bytes.clear();
    put_row(bytes, row);
    put_varint(out, bytes.size());
    put_bytes(out, bytes.data(), bytes.size());
  }
  return out;
}

template <typename Row, typename GetRow>
std::optional<std::vector<Row>> decode_rows(ByteView payload, GetRow get_row) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint();
  if (!in.can_hold(count, 1)) return std::nullopt;
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    ByteReader row(in.bytes(in.varint()));
    rows.push_back(get_row(row));
    if (!row.ok() || !in.ok()) return std::nullopt;
  }
  return rows;
}

FunctionId get_function(ByteReader& in) {
  return FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
}

Timestamp get_timestamp(ByteReader& in) {
  return from_ns(static_cast<std::int64_t>(in.varint_below(kMaxNs)));
}

}  // namespace

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

Bytes encode(const std::vector<Text>& texts) {
  return encode_rows(texts, [](Bytes& out, const Text& text) {
    put_varint(out, value(text.id));
    out.push_back(static_cast<std::uint8_t>((text.cut ? kTextCut : 0) |
                                            (text.unreadable ? kTextUnreadable : 0)));
    put_string(out, text.text);
  });
}

std::optional<std::vector<Text>> decode_texts(ByteView payload) {
  return decode_rows<Text>(payload, [](ByteReader& in) {
    Text text;
    text.id = TextId{static_cast<std::uint32_t>(in.varint_below(1ull << 32))};
    const std::uint8_t flags = in.u8();
    text.cut = (flags & kTextCut) != 0;
    text.unreadable = (flags & kTextUnreadable) != 0;
    text.text = in.string();
    return text;
  });
}

Bytes encode(const std::vector<Process>& processes) {
  return encode_rows(processes, [](Bytes& out, const Process& process) {
    put_varint(out, process.pid);
    put_string(out, process.title);
  });
}

std::optional<std::vector<Process>> decode_processes(ByteView payload) {
  return decode_rows<Process>(payload, [](ByteReader& in) {
    Process process;
    process.pid = static_cast<std::uint32_t>(in.varint_below(1ull << 32));
    process.title = in.string();
    return process;
  });
}

Bytes encode(const std::vector<Loss>& losses) {
  return encode_rows(losses, [](Bytes& out, const Loss& loss) {
    put_varint(out, static_cast<std::uint64_t>(to_ns(loss.from)));
    put_varint(out, static_cast<std::uint64_t>(to_ns(loss.to)));
    put_string(out, loss.cause);
    put_varint(out, value(loss.function));
    put_varint(out, loss.events);
  });
}

std::optional<std::vector<Loss>> decode_losses(ByteView payload) {
  return decode_rows<Loss>(payload, [](ByteReader& in) {
    Loss loss;
    loss.from = get_timestamp(in);
    loss.to = get_timestamp(in);
    loss.cause = in.string();
    loss.function = get_function(in);
    loss.events = in.varint();
    return loss;
  });
}

}  // namespace pgrec
