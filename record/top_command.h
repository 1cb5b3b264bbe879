// pgrec top: statements and functions by the time they take, while they run.
#pragma once

#include <CLI/CLI.hpp>

#include "format/error.h"

namespace pgrec {

// Adds the sub-command to `app`; its result goes to `status`, which must outlive the parsing.
void add_top_command(CLI::App& app, ExitStatus& status);

}  // namespace pgrec
