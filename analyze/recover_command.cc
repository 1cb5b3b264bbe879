#include "analyze/recover_command.h"

#include <fmt/core.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "analyze/repair/recovery.h"
#include "analyze/report/trace_notes.h"
#include "format/frame/output_file.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

struct RecoverArguments {
  std::string file;
  std::string output;
  bool force = false;
};

void refuse_same_file(const RecoverArguments& arguments) {
  std::error_code none;
  if (!std::filesystem::equivalent(arguments.file, arguments.output, none)) return;
  throw UsageError("-o names the trace to recover", "name another file; the damaged one is kept");
}

void print(const Recovery& recovery, const TraceWriter& out) {
  const auto and_tables = [](std::uint64_t chunks, std::uint64_t frames) {
    return fmt::format("{} and {}", plural(chunks, "chunk"), plural(frames - chunks, "table"));
  };
  std::cout << fmt::format(
      "{}: {}\n"
      "  kept        {}, in {}\n",
      printable(out.name()), bytes_text(out.size_bytes()), plural(recovery.calls_kept, "call"),
      and_tables(recovery.chunks_kept, recovery.frames_kept));
  if (recovery.lossless()) {
    std::cout << "  lost        nothing that is in the file\n";
    return;
  }
  std::cout << fmt::format(
      "  lost        {}; {} found damaged\n"
      "  missing     {} and {}, by their ids{}\n",
      plural(recovery.damaged_bytes, "byte"),
      and_tables(recovery.chunks_dropped, recovery.frames_dropped),
      plural(recovery.calls_missing, "call"), plural(recovery.executions_missing, "execution"),
      recovery.frames_missing == 0
          ? ""
          : fmt::format("; {}, by their numbers", plural(recovery.frames_missing, "frame")));
}

ExitStatus recover_file(const RecoverArguments& arguments) {
  TraceReader in(arguments.file);
  refuse_same_file(arguments);
  if (in.written_by()) {
    throw Error(fmt::format("cannot recover {}: process {} is still writing it", in.name(),
                            *in.written_by()),
                "wait until it ends; analyze and info read it as it is");
  }
  OutputFile output(arguments.output, arguments.force);
  TraceWriter out(output.take(), Sync::kOff);
  const Recovery recovery = recover(in, out);
  if (recovery.frames_kept == 0) {
    throw Error(fmt::format("cannot recover {}: nothing in it is readable", in.name()),
                "the file was overwritten");
  }
  output.put_in_place();
  warn_if_not_whole(in);
  print(recovery, out);
  return recovery.lossless() ? kExitDone : kExitDamaged;
}

}  // namespace

void add_recover_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<RecoverArguments>();
  CLI::App* command = app.add_subcommand(
      "recover", "rebuild a damaged or unfinished trace from what can be read of it");
  command->add_option("FILE", arguments->file, "the trace, which is only read")->required();
  command->add_option("-o,--output", arguments->output, "the trace to write")
      ->required()
      ->type_name("FILE.pgt");
  command->add_flag("--force", arguments->force, "overwrite the trace to write if it exists");
  command->callback([arguments, &status] { status = recover_file(*arguments); });
}

}  // namespace pgrec
