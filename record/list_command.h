// pgrec list: shows what can be probed in a binary, and for each function whether probes see all
// its calls.
#pragma once

#include <CLI/CLI.hpp>

#include "format/error.h"

namespace pgrec {

// Adds the sub-command to `app`; its result goes to `status`, which must outlive the parsing.
void add_list_command(CLI::App& app, ExitStatus& status);

}  // namespace pgrec
