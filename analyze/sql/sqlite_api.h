// SQLite, for the few sources that talk to it (tests/check_layers.sh names them). They are compiled
// twice: into the program, which links the library, and with PGREC_EXTENSION into the loadable
// extension, which calls the SQLite that loads it and must link none.
#pragma once

#ifdef PGREC_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif
