// Fuzz target: reads any bytes as a trace, asks all of each relation of it, and makes views of it.
// The first byte selects what is done to the rest before: 1 makes the checksums of the file header
// and of all frames right, so that the decoders behind them are reached; 2 makes a file of it whose
// one chunk holds it uncompressed; others do nothing.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "analyze/analyze_report.h"
#include "analyze/sql/database.h"
#include "analyze/sql/set_relations.h"
#include "format/error.h"
#include "tests/fuzz/crafted_file.h"

namespace {

using namespace pgrec;

void ask_every_relation(Analysis& analysis) {
  Database database;
  for (const auto& relation : set_relations(analysis)) {
    database.add(relation);
    database.prepare("SELECT * FROM " + relation->name()).run();
  }
  database.prepare("SELECT * FROM executions JOIN calls USING (execution_id) LIMIT 100").run();
}

void make_views(Analysis& analysis) {
  ReportRequest request;
  request.format = OutputFormat::kJson;
  request.options.for_people = false;
  std::ostringstream out;
  write_report(out, analysis, request);
  for (const View& view : views()) {
    if (view.takes != View::Takes::kValue) request.views.push_back({&view, view.value});
  }
  write_report(out, analysis, request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  Bytes bytes(rest.begin(), rest.end());
  if (data[0] == 1) fuzz::correct_checksums(bytes);
  if (data[0] == 2) bytes = fuzz::file_of_one_chunk(rest);
  try {
    Analysis analysis(TraceSet(TraceReader(fuzz::memory_file(bytes))), Filters{}, /*threads=*/1);
    ask_every_relation(analysis);
    make_views(analysis);
  } catch (const Error&) {
    // Refused, as it may be.
  }
  return 0;
}
