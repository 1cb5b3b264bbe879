// The arguments of events of a class: a column for each argument of each class in a chunk, so that
// a reader who does not know a class passes over its columns, and one who knows only its
// description can show them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "format/chunk/columns.h"
#include "format/frame/bytes.h"
#include "format/layout.h"
#include "format/table/tables.h"

namespace pgrec {

// A value by the kind of its argument: kUnsigned and kText, kSigned, kReal, kString. Nothing where
// it cannot be read.
using Argument = std::variant<std::monostate, std::uint64_t, std::int64_t, double, std::string>;

// The values of one event, in the order of its class's arguments.
using ArgumentValues = std::vector<Argument>;

// What they take uncompressed, at most.
std::size_t bytes_of(const ArgumentValues& arguments);

// Whether `arguments` are such as `event_class` describes.
bool fit(const ArgumentValues& arguments, const EventClass& event_class);

// Collects the arguments of a chunk's events, in the order of the chunk.
class ArgumentColumns {
 public:
  ArgumentColumns() = default;
  ArgumentColumns(const ArgumentColumns&) = delete;
  ArgumentColumns& operator=(const ArgumentColumns&) = delete;

  // Numbers are varints, signed ones zigzag, reals 8 bytes, strings a length and the bytes.
  void put(ClassId event_class, const ArgumentValues& arguments);
  // Appends the columns, in ascending order of their ids.
  void write(Bytes& out) const;

 private:
  using Class = std::array<Bytes*, layout::kMaxArguments>;  // into columns_; null: none yet

  std::map<std::uint32_t, Bytes> columns_;  // by id
  std::map<ClassId, Class> by_class_;
  Class* last_ = nullptr;  // of these, that of the last event
  ClassId last_class_{};
};

// Gives them back, event by event in the same order.
class ArgumentReader {
 public:
  // Borrows both: the columns of one chunk, and the classes that the trace describes.
  ArgumentReader(const Columns& columns, const std::vector<EventClass>& classes)
      : columns_(columns), classes_(classes) {}
  ArgumentReader(const ArgumentReader&) = delete;
  ArgumentReader& operator=(const ArgumentReader&) = delete;

  // The arguments of the next event of `event_class`; none where the trace does not describe it.
  // Of a column that cannot be opened none is known.
  ArgumentValues next(ClassId event_class);
  // The same into `arguments`, whose memory it uses again.
  void next(ClassId event_class, ArgumentValues& arguments);

 private:
  struct Class {
    const EventClass* description = nullptr;
    std::vector<Bytes> buffers;
    std::vector<ByteReader> readers;
  };
  Class& of(ClassId event_class);

  const Columns& columns_;
  const std::vector<EventClass>& classes_;
  std::map<ClassId, Class> by_id_;
};

}  // namespace pgrec
