// pgrec check: what works on this machine, feature by feature, and the one thing to do where
// something does not.
#pragma once

#include <CLI/CLI.hpp>

#include "format/error.h"

namespace pgrec {

// The end of the command goes to `status`.
void add_check_command(CLI::App& app, ExitStatus& status);

}  // namespace pgrec
