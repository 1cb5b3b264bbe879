#include "analyze/sql/functions.h"

#include <fmt/core.h>

#include <array>
#include <bit>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "analyze/sql/number_list.h"
#include "analyze/sql/sqlite_api.h"
#include "format/clock.h"
#include "format/error.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// Runs `what`; what it throws becomes the result.
template <typename What>
void guarded(sqlite3_context* context, What what) noexcept {
  try {
    what();
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

// SQLite zeroes it for each group.
struct CappedSum {
  bool any;
  std::int64_t sum;
};

void add_to_sum(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  auto* const all = static_cast<CappedSum*>(sqlite3_aggregate_context(context, sizeof(CappedSum)));
  if (!all) return sqlite3_result_error_nomem(context);
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) continue;
    all->any = true;
    all->sum = add_capped(Duration(all->sum), Duration(sqlite3_value_int64(values[i]))).count();
  }
}

void give_sum(sqlite3_context* context) noexcept {
  const auto* const all = static_cast<CappedSum*>(sqlite3_aggregate_context(context, 0));
  if (all && all->any) sqlite3_result_int64(context, all->sum);
}

// What an aggregate has of a group so far, made with its first row.
template <typename State>
State& state_of(sqlite3_context* context) {
  auto** const place = static_cast<State**>(sqlite3_aggregate_context(context, sizeof(State*)));
  if (!place) throw std::bad_alloc();
  if (!*place) *place = new State();
  return **place;
}

// The same at the end, also of a group that failed; nothing where it had no row.
template <typename State>
std::unique_ptr<State> take_state(sqlite3_context* context) {
  auto** const place = static_cast<State**>(sqlite3_aggregate_context(context, 0));
  return std::unique_ptr<State>(place ? std::exchange(*place, nullptr) : nullptr);
}

[[noreturn]] void refuse(const char* function, sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  throw Error(fmt::format("{}: '{}' is not a number", function, text ? text : ""));
}

struct Percentile {
  std::optional<double> percent;
  NumberList values;
};

void add_to_percentile(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  guarded(context, [&] {
    auto& all = state_of<Percentile>(context);
    const int type = sqlite3_value_numeric_type(values[1]);
    const double percent = sqlite3_value_double(values[1]);
    const bool is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
    if (!is_number || !(percent >= 0 && percent <= 100))
      throw Error("percentile: the second argument is not a number from 0 to 100");
    if (all.percent.value_or(percent) != percent)
      throw Error("percentile: the second argument is not the same in each row");
    all.percent = percent;
    switch (sqlite3_value_numeric_type(values[0])) {
      case SQLITE_NULL:
        return;
      case SQLITE_INTEGER:
        return all.values.add(std::int64_t{sqlite3_value_int64(values[0])});
      case SQLITE_FLOAT:
        return all.values.add(sqlite3_value_double(values[0]));
      default:
        refuse("percentile", values[0]);
    }
  });
}

void give_percentile(sqlite3_context* context) noexcept {
  guarded(context, [&] {
    const auto all = take_state<Percentile>(context);
    if (!all || all->values.size() == 0) return;
    const auto value = all->values.at_rank(nearest_rank(all->values.size(), *all->percent));
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      sqlite3_result_int64(context, *integer);
    else
      sqlite3_result_double(context, std::get<double>(value));
  });
}

// A number without its fraction, that an INTEGER holds.
std::optional<std::int64_t> whole_number(sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(value);
  const double real = sqlite3_value_double(value);
  constexpr double kEnd = 9223372036854775808.0;
  if (type != SQLITE_FLOAT || !(real >= -kEnd && real < kEnd)) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

// By row: the first is 0 and 1, row k is from 2^k to 2^(k+1) - 1.
using Histogram = std::array<std::uint64_t, 63>;

void add_to_histogram(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  guarded(context, [&] {
    auto& all = state_of<Histogram>(context);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    const auto number = whole_number(values[0]);
    if (!number) refuse("histogram", values[0]);
    if (sqlite3_value_double(values[0]) < 0) throw Error("histogram: a value is below 0");
    ++all[std::bit_width(static_cast<std::uint64_t>(*number | 1)) - 1];
  });
}

void give_histogram(sqlite3_context* context) noexcept {
  guarded(context, [&] {
    const auto taken = take_state<Histogram>(context);
    const Histogram all = taken ? *taken : Histogram{};
    std::size_t first = 0, end = all.size();
    while (end > 0 && all[end - 1] == 0)
      --end;
    while (first < end && all[first] == 0)
      ++first;
    std::string json;
    for (std::size_t row = first; row < end; ++row) {
      const std::uint64_t from = row == 0 ? 0 : std::uint64_t{1} << row;
      json += fmt::format("{}{{\"from\":{},\"to\":{},\"count\":{}}}", row == first ? "" : ",", from,
                          (std::uint64_t{2} << row) - 1, all[row]);
    }
    json = "[" + json + "]";
    sqlite3_result_text64(context, json.data(), json.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    sqlite3_result_subtype(context, 'J');  // what SQLite's JSON functions know JSON by
  });
}

void give_log2_bucket(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  const auto number = whole_number(values[0]);
  if (!number || sqlite3_value_double(values[0]) < 0) return;
  sqlite3_result_int64(
      context, static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(*number))));
}

void give_duration_text(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  guarded(context, [&] {
    const auto number = whole_number(values[0]);
    if (!number) return;
    const std::string text = duration_text(Duration(*number));
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  });
}

struct SqlFunction {
  const char* name;
  int arguments;  // -1: any number
  void (*scalar)(sqlite3_context*, int, sqlite3_value**);
  void (*step)(sqlite3_context*, int, sqlite3_value**);
  void (*final)(sqlite3_context*);
};

constexpr std::array<SqlFunction, 5> kFunctions = {{
    {"capped_sum", -1, nullptr, add_to_sum, give_sum},
    {"percentile", 2, nullptr, add_to_percentile, give_percentile},
    {"histogram", 1, nullptr, add_to_histogram, give_histogram},
    {"log2_bucket", 1, give_log2_bucket, nullptr, nullptr},
    {"duration_text", 1, give_duration_text, nullptr, nullptr},
}};

}  // namespace

void add_functions(sqlite3* connection) {
  for (const SqlFunction& one : kFunctions) {
    if (sqlite3_create_function(connection, one.name, one.arguments,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr,
                                one.scalar, one.step, one.final) != SQLITE_OK) {
      throw Error(std::string("SQL: ") + sqlite3_errmsg(connection));
    }
  }
}

}  // namespace pgrec
