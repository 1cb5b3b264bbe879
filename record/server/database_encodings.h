// In which encoding each database of a cluster has its texts, and with them its queries. No server
// process but one that is connected to a database knows, so it is read from the catalog on disk:
// pg_database, which all databases share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "format/frame/bytes.h"
#include "format/table/tables.h"

namespace pgrec {

// The encodings by the database's name, in the words of SHOW server_encoding: "UTF8".
using DatabaseEncodings = std::map<std::string, std::string>;

// What became of a transaction; nothing where that is not known.
using IsCommitted = std::function<std::optional<bool>(std::uint32_t transaction)>;

// Reads the bytes of the catalog's file, in pages of `block_bytes`. A database is left out of which
// no row is surely the one that holds (its transaction is not known to have been committed, or
// another may have replaced it), and one whose encoding has no name. What is not a page is passed
// over.
//
// A row begins alike from PostgreSQL 12 to 18: oid oid, name datname, oid datdba, int4 encoding.
DatabaseEncodings parse_pg_database(ByteView pages, std::uint32_t block_bytes,
                                    const IsCommitted& is_committed);

// The names of the databases by their OIDs; reads and leaves out as parse_pg_database().
std::map<std::uint32_t, std::string> parse_database_names(ByteView pages, std::uint32_t block_bytes,
                                                          const IsCommitted& is_committed);

// The number of pg_database's file, out of global/pg_filenode.map (relmapper.c).
std::optional<std::uint32_t> parse_filenode_map(ByteView bytes);

// Facts server.encoding.DATABASE of the cluster whose postmaster is `pid`, which runs in its data
// directory; as the catalog stands on disk, where a database that was just made may not be yet.
Metadata read_database_encodings(std::uint32_t pid, std::uint32_t block_bytes);

// The names of its databases by their OIDs, for any process of a cluster.
std::map<std::uint32_t, std::string> read_database_names(std::uint32_t pid,
                                                         std::uint32_t block_bytes);

}  // namespace pgrec
