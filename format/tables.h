// The tables of a trace beside its chunks: what was recorded and where, the functions, the query
// texts, the processes, and the losses. Each becomes the payload of frames of its own.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/bytes.h"
#include "format/event.h"

namespace pgrec {

// Facts about the recording, in the order they were written; a later one of the same key wins. The
// keys are listed in docs/format.md.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// A probed function and its attach point.
struct Function {
  enum class Role : std::uint8_t {
    kCalls = 0,  // its calls are in the trace
    kActivity =
        1,  // its calls told the recorder of executions; listed because events can be lost here
  };
  FunctionId id{};
  Role role = Role::kCalls;
  std::string name;
  std::string binary;             // path, as the recorder saw it
  std::string build_id;           // hexadecimal; empty when the binary has none
  std::uint64_t file_offset = 0;  // bytes
  bool operator==(const Function&) const = default;
};

// A query text.
struct Text {
  TextId id{};
  bool cut = false;         // the query was longer than what was kept
  bool unreadable = false;  // the query could not be read; `text` is empty
  std::string text;         // as the server had it, in its encoding; no NUL
  bool operator==(const Text&) const = default;
};

// A recorded process.
struct Process {
  std::uint32_t pid = 0;
  std::string title;  // what it calls itself ("postgres: alice shop [local] idle"); empty: unknown
  bool operator==(const Process&) const = default;
};

// Events that fired between two moments and were not recorded.
struct Loss {
  Timestamp from{};
  Timestamp to{};
  std::string cause;  // see docs/format.md, "Losses"
  FunctionId function{};
  std::uint64_t events = 0;
  bool operator==(const Loss&) const = default;
};

Bytes encode(const Metadata& metadata);
Bytes encode(const std::vector<Function>& functions);
Bytes encode(const std::vector<Text>& texts);
Bytes encode(const std::vector<Process>& processes);
Bytes encode(const std::vector<Loss>& losses);

// The table, or nothing when the bytes are not one.
std::optional<Metadata> decode_metadata(ByteView payload);
std::optional<std::vector<Function>> decode_functions(ByteView payload);
std::optional<std::vector<Text>> decode_texts(ByteView payload);
std::optional<std::vector<Process>> decode_processes(ByteView payload);
std::optional<std::vector<Loss>> decode_losses(ByteView payload);

}  // namespace pgrec
