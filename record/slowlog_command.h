// pgrec slowlog: a log of the statements of a server that take long.
#pragma once

#include <CLI/CLI.hpp>

#include "format/error.h"

namespace pgrec {

// Adds the sub-command to `app`; its result goes to `status`, which must outlive the parsing.
void add_slowlog_command(CLI::App& app, ExitStatus& status);

}  // namespace pgrec
