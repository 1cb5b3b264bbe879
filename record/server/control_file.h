// What a cluster's global/pg_control says of it: its identifier, and the sizes that were chosen
// when the server was built and the cluster made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/frame/bytes.h"

namespace pgrec {

struct ControlFile {
  std::uint64_t system_identifier = 0;  // which initdb gave the cluster; its standbys have it too
  std::uint32_t block_bytes = 0;
  std::uint32_t wal_block_bytes = 0;
  std::uint32_t wal_segment_bytes = 0;
  std::uint32_t checksum_version = 0;  // of data pages; 0: none
};

// Reads the bytes of such a file. Nothing where they are not one, or of another byte order.
//
// The place of these fields differs between major versions, but a constant stands before them:
// pg_control.h (PostgreSQL 9.3 to 18) has
//   double floatFormat = 1234567.0; uint32 blcksz, relseg_size, xlog_blcksz, xlog_seg_size,
//   nameDataLen, indexMaxKeys, toast_max_chunk_size, loblksize; one or two bools; uint32
//   data_checksum_version
// so from floatFormat on they are at 8, 16, 20 and 44. The system identifier is always the first.
std::optional<ControlFile> parse_control_file(ByteView bytes);

// Reads the one of the cluster whose postmaster is `pid`, which runs in its data directory.
std::optional<ControlFile> read_control_file(std::uint32_t pid);

}  // namespace pgrec
