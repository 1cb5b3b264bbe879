// What SQLite calls when it loads pgrec.so.
#include "analyze/sql/extension.h"
#include "analyze/sql/open_relations.h"
#include "analyze/sql/sqlite_api.h"
#include "format/error.h"

SQLITE_EXTENSION_INIT1

extern "C" __attribute__((visibility("default"))) int sqlite3_pgrec_init(
    sqlite3* connection, char** message, const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api)
  // What a plan needs to know (sqlite3_vtab_distinct) is there from then on.
  if (sqlite3_libversion_number() < 3038000) {
    *message =
        sqlite3_mprintf("pgrec needs SQLite 3.38 or later, and this is %s", sqlite3_libversion());
    return SQLITE_ERROR;
  }
  try {
    pgrec::add_trace_functions(connection, pgrec::open_relations);
    return SQLITE_OK;
  } catch (const std::exception& error) {
    *message = sqlite3_mprintf("%s", error.what());
    return SQLITE_ERROR;
  }
}
