// pgrec record: attach, record, write a trace, and say what was recorded and what was not.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "format/error.h"

namespace pgrec {

// Adds the sub-command to `app`. `command` is what stood after `--`. The command's result goes to
// `status` when it runs. Both must outlive the parsing.
void add_record_command(CLI::App& app, const std::vector<std::string>& command, ExitStatus& status);

}  // namespace pgrec
