#include "record/server/database_encodings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "record/host/proc_path.h"

namespace pgrec {
namespace {

// pg_wchar.h; an encoding is its place.
constexpr std::array<const char*, 35> kEncodings = {
    "SQL_ASCII",     "EUC_JP",  "EUC_CN",  "EUC_KR",  "EUC_TW",     "EUC_JIS_2004", "UTF8",
    "MULE_INTERNAL", "LATIN1",  "LATIN2",  "LATIN3",  "LATIN4",     "LATIN5",       "LATIN6",
    "LATIN7",        "LATIN8",  "LATIN9",  "LATIN10", "WIN1256",    "WIN1258",      "WIN866",
    "WIN874",        "KOI8R",   "WIN1251", "WIN1252", "ISO_8859_5", "ISO_8859_6",   "ISO_8859_7",
    "ISO_8859_8",    "WIN1250", "WIN1253", "WIN1254", "WIN1255",    "WIN1257",      "KOI8U"};

constexpr std::uint32_t kCatalog = 1262;  // pg_database_d.h
constexpr std::uint32_t kMapMagic = 0x592717;
constexpr std::uint32_t kMostMapped = 64;
constexpr std::uint32_t kFirstNormalTransaction = 3;
constexpr std::size_t kMostBytes = 8u << 20;  // some 30,000 databases

// htup_details.h
constexpr std::uint16_t kBeganCommitted = 0x0100;
constexpr std::uint16_t kBeganInvalid = 0x0200;  // with the one before: frozen
constexpr std::uint16_t kEndInvalid = 0x0800;
constexpr std::uint16_t kEndIsMulti = 0x1000;
constexpr std::uint16_t kEndOnlyLocks = 0x0080;

std::uint16_t u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

std::uint32_t u32(ByteView bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at, sizeof(std::uint32_t))).u32();
}

// Whether the row holds; nothing where that is not known.
std::optional<bool> holds(ByteView row, const IsCommitted& is_committed) {
  const std::uint32_t began = u32(row, 0);
  const std::uint32_t ended = u32(row, 4);
  const std::uint16_t flags = u16(row, 20);
  if ((flags & (kBeganCommitted | kBeganInvalid)) == kBeganInvalid) return false;
  if ((flags & kBeganCommitted) == 0 && began >= kFirstNormalTransaction) {
    const auto committed = is_committed(began);
    if (committed != true) return committed;
  }
  if ((flags & (kEndInvalid | kEndOnlyLocks)) != 0 || ended == 0) return true;
  if ((flags & kEndIsMulti) != 0) return std::nullopt;
  const auto committed = is_committed(ended);
  return committed ? std::optional(!*committed) : std::nullopt;
}

// Rows of a page, by their places; none where it is no page.
template <typename Visit>
void for_each_row(ByteView page, Visit visit) {
  constexpr std::size_t kHeaderBytes = 24, kLineBytes = 4;
  constexpr unsigned kNormal = 1, kLayout = 4;
  const std::size_t lower = u16(page, 12);
  if (lower > page.size() || (u16(page, 18) & 0xFF) != kLayout) return;
  for (std::size_t at = kHeaderBytes; at + kLineBytes <= lower; at += kLineBytes) {
    const std::uint32_t line = u32(page, at);
    const std::size_t offset = line & 0x7FFF, bytes = line >> 17;
    if ((line >> 15 & 3) == kNormal && offset + bytes <= page.size())
      visit(page.subspan(offset, bytes));
  }
}

Bytes read_bytes(std::uint32_t pid, const std::string& name) {
  std::ifstream file(proc_path(pid, "cwd/" + name), std::ios::binary);
  Bytes bytes(kMostBytes);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

// clog.c: two bits a transaction, in files of 32 pages.
std::optional<bool> is_committed(std::uint32_t pid, std::uint32_t block_bytes,
                                 std::uint32_t transaction) {
  constexpr unsigned kCommitted = 1, kAborted = 2;
  const std::uint32_t in_file = block_bytes * 4 * 32;
  std::ifstream file(proc_path(pid, fmt::format("cwd/pg_xact/{:04X}", transaction / in_file)),
                     std::ios::binary);
  file.seekg(static_cast<std::streamoff>(transaction % in_file / 4));
  const int byte = file.get();
  if (byte < 0) return std::nullopt;
  const unsigned state = static_cast<unsigned>(byte) >> (transaction % 4 * 2) & 3;
  if (state == kCommitted) return true;
  return state == kAborted ? std::optional(false) : std::nullopt;
}

struct DatabaseRow {
  std::uint32_t oid = 0;
  std::string name;
  std::uint32_t encoding = 0;
};

// Rows that hold, and those that may.
template <typename Visit>
void for_each_database(ByteView pages, std::uint32_t block_bytes, const IsCommitted& is_committed,
                       Visit visit) {
  constexpr std::size_t kNameAt = 4, kNameBytes = 64, kEncodingAt = 72, kBytes = 76;
  for (std::size_t at = 0; at + block_bytes <= pages.size(); at += block_bytes) {
    for_each_row(pages.subspan(at, block_bytes), [&](ByteView row) {
      constexpr std::size_t kLeastHeader = 23;
      if (row.size() < kLeastHeader || row[22] < kLeastHeader || row.size() < row[22] + kBytes)
        return;
      const ByteView fields = row.subspan(row[22]);
      const auto* const begin = reinterpret_cast<const char*>(fields.data() + kNameAt);
      std::string name(begin, kNameBytes);
      name.resize(std::min(name.find('\0'), name.size()));
      const auto holds_now = holds(row, is_committed);
      if (holds_now == false) return;
      visit(DatabaseRow{u32(fields, 0), std::move(name), u32(fields, kEncodingAt)},
            holds_now.has_value());
    });
  }
}

Bytes read_pg_database(std::uint32_t pid) {
  const auto file = parse_filenode_map(read_bytes(pid, "global/pg_filenode.map"));
  return file ? read_bytes(pid, fmt::format("global/{}", *file)) : Bytes{};
}

}  // namespace

DatabaseEncodings parse_pg_database(ByteView pages, std::uint32_t block_bytes,
                                    const IsCommitted& is_committed) {
  DatabaseEncodings encodings;
  std::set<std::string> doubtful;
  for_each_database(pages, block_bytes, is_committed, [&](const DatabaseRow& row, bool holds) {
    const bool is_new = holds && row.encoding < kEncodings.size() &&
                        encodings.emplace(row.name, kEncodings[row.encoding]).second;
    if (!is_new) doubtful.insert(row.name);
  });
  for (const std::string& name : doubtful)
    encodings.erase(name);
  return encodings;
}

std::map<std::uint32_t, std::string> parse_database_names(ByteView pages, std::uint32_t block_bytes,
                                                          const IsCommitted& is_committed) {
  std::map<std::uint32_t, std::string> names;
  std::set<std::uint32_t> doubtful;
  for_each_database(pages, block_bytes, is_committed, [&](const DatabaseRow& row, bool holds) {
    if (!holds || !names.emplace(row.oid, row.name).second) doubtful.insert(row.oid);
  });
  for (const std::uint32_t oid : doubtful)
    names.erase(oid);
  return names;
}

std::optional<std::uint32_t> parse_filenode_map(ByteView bytes) {
  constexpr std::size_t kHeaderBytes = 8, kEntryBytes = 8;
  if (bytes.size() < kHeaderBytes || u32(bytes, 0) != kMapMagic) return std::nullopt;
  const std::uint32_t count = std::min(u32(bytes, 4), kMostMapped);
  for (std::size_t at = kHeaderBytes, i = 0; i < count && at + kEntryBytes <= bytes.size();
       at += kEntryBytes, ++i) {
    if (u32(bytes, at) == kCatalog) return u32(bytes, at + 4);
  }
  return std::nullopt;
}

Metadata read_database_encodings(std::uint32_t pid, std::uint32_t block_bytes) {
  Metadata facts;
  for (const auto& [database, encoding] :
       parse_pg_database(read_pg_database(pid), block_bytes, [&](std::uint32_t transaction) {
         return is_committed(pid, block_bytes, transaction);
       })) {
    facts.emplace_back("server.encoding." + database, encoding);
  }
  return facts;
}

std::map<std::uint32_t, std::string> read_database_names(std::uint32_t pid,
                                                         std::uint32_t block_bytes) {
  return parse_database_names(read_pg_database(pid), block_bytes, [&](std::uint32_t transaction) {
    return is_committed(pid, block_bytes, transaction);
  });
}

}  // namespace pgrec
