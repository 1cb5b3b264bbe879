#include "format/chunk/arguments.h"

#include <algorithm>
#include <cstring>

#include "format/layout.h"

namespace pgrec {
namespace {

std::uint32_t column_of(ClassId event_class, std::size_t argument) {
  return layout::kFirstArgument + value(event_class) * layout::kMaxArguments +
         static_cast<std::uint32_t>(argument);
}

void put_argument(Bytes& out, const Argument& argument) {
  if (const auto* number = std::get_if<std::uint64_t>(&argument)) return put_varint(out, *number);
  if (const auto* number = std::get_if<std::int64_t>(&argument)) put_zigzag(out, *number);
  if (const auto* real = std::get_if<double>(&argument)) put_bytes(out, real, sizeof *real);
  if (const auto* text = std::get_if<std::string>(&argument)) put_string(out, *text);
}

Argument get_argument(ByteReader& in, ArgumentType::Kind kind) {
  switch (kind) {
    case ArgumentType::Kind::kUnsigned:
    case ArgumentType::Kind::kText: {
      const std::uint64_t number = in.varint();
      if (in.ok()) return number;
      break;
    }
    case ArgumentType::Kind::kSigned: {
      const std::int64_t number = in.zigzag();
      if (in.ok()) return number;
      break;
    }
    case ArgumentType::Kind::kReal: {
      const std::uint64_t bits = in.u64();
      if (in.ok()) return std::bit_cast<double>(bits);
      break;
    }
    case ArgumentType::Kind::kString: {
      const std::string_view text = in.string();
      if (in.ok()) return std::string(text);
      break;
    }
  }
  return {};  // of a kind that is not known, or a column that ends
}

std::size_t variant_index(ArgumentType::Kind kind) {
  switch (kind) {
    case ArgumentType::Kind::kUnsigned:
    case ArgumentType::Kind::kText:
      return 1;
    case ArgumentType::Kind::kSigned:
      return 2;
    case ArgumentType::Kind::kReal:
      return 3;
    case ArgumentType::Kind::kString:
      return 4;
  }
  return 0;
}

}  // namespace

std::size_t bytes_of(const ArgumentValues& arguments) {
  constexpr std::size_t kNumberBytes = 10;
  std::size_t bytes = arguments.size() * kNumberBytes;
  for (const Argument& argument : arguments) {
    if (const auto* text = std::get_if<std::string>(&argument)) bytes += text->size();
  }
  return bytes;
}

bool fit(const ArgumentValues& arguments, const EventClass& event_class) {
  return std::equal(arguments.begin(), arguments.end(), event_class.arguments.begin(),
                    event_class.arguments.end(), [](const Argument& one, const ArgumentType& type) {
                      return one.index() == variant_index(type.kind);
                    });
}

void ArgumentColumns::put(ClassId event_class, const ArgumentValues& arguments) {
  if (!last_ || last_class_ != event_class) {
    last_ = &by_class_[event_class];
    last_class_ = event_class;
  }
  const std::size_t count = std::min(arguments.size(), last_->size());
  for (std::size_t i = 0; i < count; ++i) {
    Bytes*& column = (*last_)[i];
    if (!column) column = &columns_[column_of(event_class, i)];
    put_argument(*column, arguments[i]);
  }
}

void ArgumentColumns::write(Bytes& out) const {
  for (const auto& [id, content] : columns_)
    put_column(out, id, content);
}

ArgumentReader::Class& ArgumentReader::of(ClassId event_class) {
  const auto [place, is_new] = by_id_.try_emplace(event_class);
  Class& one = place->second;
  if (!is_new) return one;
  const auto found = std::find_if(classes_.begin(), classes_.end(),
                                  [&](const EventClass& known) { return known.id == event_class; });
  if (found == classes_.end()) return one;
  one.description = &*found;
  one.buffers.resize(found->arguments.size());
  for (std::size_t i = 0; i < found->arguments.size(); ++i)
    one.readers.emplace_back(
        columns_.open(column_of(event_class, i), one.buffers[i]).value_or(ByteView{}));
  return one;
}

ArgumentValues ArgumentReader::next(ClassId event_class) {
  ArgumentValues arguments;
  next(event_class, arguments);
  return arguments;
}

void ArgumentReader::next(ClassId event_class, ArgumentValues& arguments) {
  Class& one = of(event_class);
  arguments.resize(one.readers.size());
  for (std::size_t i = 0; i < one.readers.size(); ++i)
    arguments[i] = get_argument(one.readers[i], one.description->arguments[i].kind);
}

}  // namespace pgrec
