// pgrec recover: a whole trace out of a damaged or unfinished one.
#pragma once

#include <CLI/CLI.hpp>

#include "format/error.h"

namespace pgrec {

// Adds the sub-command to `app`; its result goes to `status`, which must outlive the parsing.
void add_recover_command(CLI::App& app, ExitStatus& status);

}  // namespace pgrec
