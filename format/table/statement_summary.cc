#include "format/table/statement_summary.h"

#include <algorithm>

#include "format/table/rows.h"

namespace pgrec {
namespace {

// What a later version may have more of.
constexpr std::uint64_t kMostMeasures = 256;

TextId get_text(ByteReader& in) {
  return TextId{static_cast<std::uint32_t>(in.varint_below(1ull << 32))};
}

std::size_t parts_of(const StatementSummary& statement) {
  return statement.functions.size() + statement.durations.blocks();
}

void put_functions(Bytes& out, const std::map<FunctionId, StatementFunction>& functions) {
  put_varint(out, functions.size());
  std::uint32_t before = 0;
  for (const auto& [id, function] : functions) {
    put_varint(out, value(id) - before);
    before = value(id);
    put_varint(out, function.calls);
    put_varint(out, function.returned);
    put_duration(out, function.total);
    put_duration(out, function.self);
  }
}

// Fails where there are more than `most`.
void get_functions(ByteReader& in, std::map<FunctionId, StatementFunction>& functions,
                   std::size_t most) {
  const std::uint64_t count = in.varint_below(most + 1);
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t step = in.varint_below(layout::kMaxFunctions);
    id += step;
    if (id >= layout::kMaxFunctions || (i > 0 && step == 0)) return in.fail();
    StatementFunction& function = functions[FunctionId{static_cast<std::uint32_t>(id)}];
    function.calls = in.varint();
    function.returned = in.varint();
    function.total = get_duration(in);
    function.self = get_duration(in);
  }
}

void put_measures(Bytes& out, const StatementSummary& statement) {
  std::size_t count = statement.measures.size();
  while (count > 0 && statement.measures[count - 1] == MeasureSum{})
    --count;
  put_varint(out, count);
  for (std::size_t i = 0; i < count; ++i) {
    put_varint(out, statement.measures[i].told);
    put_varint(out, statement.measures[i].sum);
  }
}

void get_measures(ByteReader& in, StatementSummary& statement) {
  const std::uint64_t count = in.varint_below(kMostMeasures);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    MeasureSum sum;
    sum.told = in.varint();
    sum.sum = in.varint();
    if (i < statement.measures.size()) statement.measures[i] = sum;
  }
}

void put_statement(Bytes& out, const StatementKey& key, const StatementSummary& statement) {
  put_u64(out, key.fingerprint);
  put_varint(out, key.query_id);
  if (key.fingerprint == 0) put_varint(out, value(key.text));
  put_varint(out, value(statement.first_text));
  put_varint(out, statement.executions);
  put_varint(out, statement.said);
  put_varint(out, statement.errors);
  put_varint(out, statement.lost);
  put_duration(out, statement.max);
  put_histogram(out, statement.durations);
  put_measures(out, statement);
  put_functions(out, statement.functions);
}

// `parts`: of all rows so far; fails the row when they pass their bound.
void get_statement(ByteReader& in, Statements& statements, std::size_t& parts) {
  StatementKey key;
  key.fingerprint = in.u64();
  key.query_id = in.varint();
  if (key.fingerprint == 0) key.text = get_text(in);
  const auto [place, is_new] = statements.try_emplace(key);
  StatementSummary& statement = place->second;
  if (!is_new) return in.fail();
  statement.first_text = get_text(in);
  statement.executions = in.varint();
  statement.said = in.varint();
  statement.errors = in.varint();
  statement.lost = in.varint();
  statement.max = get_duration(in);
  if (!get_histogram(in, statement.durations)) return in.fail();
  statement.total = statement.durations.total();
  get_measures(in, statement);
  parts += statement.durations.blocks();
  if (parts > layout::kMaxStatementParts) return in.fail();
  get_functions(in, statement.functions, layout::kMaxStatementParts - parts);
  parts += statement.functions.size();
}

}  // namespace

void MeasureSum::merge(const MeasureSum& other) {
  sum = add_capped(sum, other.sum);
  told = add_capped(told, other.told);
}

void StatementSummary::merge(const StatementSummary& other) {
  executions = add_capped(executions, other.executions);
  said = add_capped(said, other.said);
  errors = add_capped(errors, other.errors);
  lost = add_capped(lost, other.lost);
  first_text = std::min(first_text, other.first_text);
  total = add_capped(total, other.total);
  max = std::max(max, other.max);
  durations.merge(other.durations);
  for (std::size_t i = 0; i < measures.size(); ++i)
    measures[i].merge(other.measures[i]);
  for (const auto& [id, function] : other.functions)
    functions[id].merge(function);
}

bool merge_statements(Statements& sum, const Statements& other) {
  std::size_t parts = 0;
  for (const auto& [key, statement] : sum)
    parts += parts_of(statement);
  bool whole = true;
  for (const auto& [key, statement] : other) {
    const auto place = sum.lower_bound(key);
    const bool is_new = place == sum.end() || place->first != key;
    const bool room = parts + parts_of(statement) <= layout::kMaxStatementParts &&
                      (!is_new || sum.size() < layout::kMaxStatements);
    if (!room) {
      whole = false;
    } else if (is_new) {
      sum.emplace_hint(place, key, statement);
      parts += parts_of(statement);
    } else {
      parts -= parts_of(place->second);
      place->second.merge(statement);
      parts += parts_of(place->second);
    }
  }
  return whole;
}

bool keep_within_bounds(Statements& statements) {
  std::size_t rows = 0;
  std::size_t parts = 0;
  for (auto row = statements.begin(); row != statements.end(); ++row) {
    parts += parts_of(row->second);
    if (++rows <= layout::kMaxStatements && parts <= layout::kMaxStatementParts) continue;
    statements.erase(row, statements.end());
    return false;
  }
  return true;
}

void put_statements(Bytes& out, const Statements& statements) {
  put_rows(out, statements, [](Bytes& row, const auto& statement) {
    put_statement(row, statement.first, statement.second);
  });
}

std::size_t about_bytes_of(const Statements& statements) {
  constexpr std::size_t kRowBytes = 64;
  constexpr std::size_t kPartBytes = 16;
  std::size_t bytes = 0;
  for (const auto& [key, statement] : statements)
    bytes += kRowBytes + kPartBytes * parts_of(statement);
  return bytes;
}

std::optional<Statements> get_statements(ByteReader& in) {
  Statements statements;
  std::size_t parts = 0;
  const bool whole = get_rows(
      in, [&](ByteReader& row) { get_statement(row, statements, parts); }, layout::kMaxStatements);
  if (!whole) return std::nullopt;
  return statements;
}

void put_longest(Bytes& out, const std::vector<LongExecution>& longest) {
  put_rows(out, longest, [](Bytes& row, const LongExecution& execution) {
    put_duration(row, execution.duration);
    put_varint(row, static_cast<std::uint64_t>(to_ns(execution.begun)));
    put_varint(row, value(execution.id));
    put_varint(row, value(execution.text));
    put_varint(row, execution.thread.pid);
    put_varint(row, execution.thread.tid);
  });
}

std::optional<std::vector<LongExecution>> get_longest(ByteReader& in, std::size_t most) {
  std::vector<LongExecution> longest;
  const bool whole = get_rows(in, [&](ByteReader& row) {
    if (longest.size() == most) return;
    LongExecution& execution = longest.emplace_back();
    execution.duration = get_duration(row);
    execution.begun = from_ns(static_cast<std::int64_t>(row.varint_below(layout::kMaxNs)));
    execution.id = ExecutionId{row.varint()};
    execution.text = get_text(row);
    execution.thread.pid = static_cast<std::uint32_t>(row.varint_below(1ull << 32));
    execution.thread.tid = static_cast<std::uint32_t>(row.varint_below(1ull << 32));
  });
  if (!whole) return std::nullopt;
  return longest;
}

}  // namespace pgrec
