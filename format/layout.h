// The constants of the .pgt format: the code's twin of docs/format.md, which explains them.
// Changing one changes the format.
#pragma once

#include <array>
#include <cstdint>

namespace pgrec::layout {

// Bytes 0..7 of every trace. The first is no ASCII, the line ends and the ^Z show text-mode damage.
inline constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'P', 'G', 'T', '\r', '\n', 0x1A, '\n'};

inline constexpr std::uint16_t kMajor = 1;
inline constexpr std::uint16_t kMinor = 4;

inline constexpr std::size_t kFileHeaderBytes = 32;
inline constexpr std::size_t kMaxFileHeaderBytes = 4096;  // with the names of features
inline constexpr std::size_t kFrameHeaderBytes = 32;
inline constexpr std::size_t kFrameAlignment = 8;

// First four bytes of every frame, at a multiple of kFrameAlignment: what a reader searches for to
// find its way past damage.
inline constexpr std::uint32_t kFrameSync = 0x464750F7;  // F7 'P' 'G' 'F'

enum class FrameType : std::uint8_t {
  kMetadata = 0x01,
  kFunctions = 0x02,
  kTexts = 0x03,
  kProcesses = 0x04,
  kClocks = 0x05,
  kClasses = 0x06,
  kChunk = 0x10,
  kLosses = 0x11,
  kSummary = 0x12,
  kTotal = 0x13,
  kAccounts = 0x14,
  kIndex = 0x20,
  kEnd = 0x7F,
};

inline constexpr std::uint8_t kFlagAncillary = 1;   // a reader that does not know the type skips it
inline constexpr std::uint8_t kFlagCompressed = 2;  // what follows the plain part is a zstd frame

inline constexpr std::size_t kChunkPlainBytes = 72;
inline constexpr std::size_t kSummaryPlainBytes = 8;
inline constexpr std::size_t kEndPayloadBytes = 48;

// Columns of a chunk.
enum Column : std::uint32_t {
  kThreads = 1,
  kTokenTable = 2,
  kTokens = 3,
  kTexts = 4,
  kEnterLow = 5,  // times before enters: their low bytes, their high bytes
  kEnterHigh = 6,
  kOtherLow = 7,  // times before all other events
  kOtherHigh = 8,
  kTimeLong = 9,
  kFirstArgument = 256,  // + 16 * class + argument
};

// A high byte of this value says that the whole difference stands in kTimeLong.
inline constexpr std::uint8_t kLongTime = 0xFF;

// A token: a kind of event in the low bits, a function or a class of events in the rest.
inline constexpr unsigned kTokenKindBits = 4;

// A place in the token table is one byte as long as the table has at most so many, else a varint.
inline constexpr std::size_t kNarrowTokens = 256;

// The cause of losses that a rebuilt trace tells of: what was unreadable in the one it was made
// from.
inline constexpr const char* kFileDamage = "file-damage";

// The cause of losses that a writer tells of: what had no room within the bounds.
inline constexpr const char* kFormatBound = "format-bound";

// Bounds, checked before anything is allocated. The writer keeps all of them.
inline constexpr std::size_t kMaxPlainBytes = 1024;
inline constexpr std::uint32_t kMaxPayloadBytes = 16u << 20;
inline constexpr std::uint32_t kMaxRawBytes = 16u << 20;
inline constexpr std::uint32_t kMaxChunkEvents = 1u << 20;
inline constexpr std::uint32_t kMaxOpenCalls = 1u << 18;  // of all threads of a chunk, at its start
inline constexpr std::uint32_t kMaxChunkThreads = 1u << 16;
inline constexpr std::uint32_t kMaxChunkColumns = 1024;
inline constexpr std::uint32_t kMaxChunkArguments = 1u << 20;  // of all its events of classes
inline constexpr std::uint32_t kMaxFunctions = 1u << 16;
inline constexpr std::uint32_t kMaxClasses = 1u << 12;
inline constexpr std::uint32_t kMaxArguments = 16;        // of a class of events
inline constexpr std::uint32_t kMaxTableRows = 1u << 16;  // in one frame
// Of all histograms of a summary or a table of accounts, and of those that a reader holds of a
// trace: pieces of 16 rows. 8,192 functions with 16 octaves each.
inline constexpr std::size_t kMaxHistogramBlocks = 1u << 17;
// Of the statements of a summary: rows, and the functions and the pieces of histograms of all of
// them together, which take 9 MB at most.
inline constexpr std::uint32_t kMaxStatements = 1u << 12;
inline constexpr std::size_t kMaxStatementParts = 1u << 16;
inline constexpr std::size_t kMaxStatementMeasures = 16;  // of each
inline constexpr std::uint64_t kMaxNs = 1ull << 60;       // 36 years: no sum of two times overflows

}  // namespace pgrec::layout
