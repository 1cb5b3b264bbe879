// A connection that can be handed SQL of any origin: it reads, makes temporary tables and views,
// and does nothing else.
#pragma once

#include "analyze/sql/database.h"

namespace pgrec {

// From now on SQL of `database` cannot write to any database but its temporary one, nor attach,
// detach, vacuum (VACUUM INTO writes a file), load an extension, make virtual tables, or use a
// PRAGMA that changes something; those that only tell pass. What is refused is an Error with a
// hint. Views may use only what is marked as harmless. For good; so all that is to be made is made
// before. Throws Error.
void make_reading_only(Database& database);

}  // namespace pgrec
