#include "record/slowlog/slow_statement_lines.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "format/print/json_line.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/kernel/wire_measures.h"

namespace pgrec {
namespace {

std::string milliseconds(Duration duration) {
  return fixed_text(std::chrono::duration<double, std::milli>(duration).count(), 3);
}

// A value that a reader can tell where it ends: quoted like JSON where it is not one plain word.
std::string word(std::string_view value) {
  if (value.find_first_of(" \"\\=") != value.npos || printable(value) != value)
    return json_string(value);
  return value.empty() ? "-" : std::string(value);
}

void add(JsonLine& line, std::string_view key, const std::optional<Duration>& duration) {
  if (duration)
    line.add_raw(key, milliseconds(*duration));
  else
    line.add_null(key);
}

void add(JsonLine& line, std::string_view key, const std::string& text) {
  if (text.empty())
    line.add_null(key);
  else
    line.add(key, text);
}

void add_usage(JsonLine& line, const SlowStatement& statement, const KnownOfExecutions& known) {
  for (const Measure& measure : kMeasures) {
    if (!is_counted(measure)) continue;
    if (statement.ran && is_known(measure, known))
      line.add(measure.name, statement.usage[measure.counter]);
    else
      line.add_null(measure.name);
  }
}

void add_word(std::string& line, const char* key, const std::string& value) {
  line += std::string(" ") + key + "=" + value;
}

// Of a SlowStatement or a ServerError: of whose process it is, and with what it failed.

template <typename Entry>
void add_process(std::string& line, const Entry& entry) {
  add_word(line, "pid", std::to_string(entry.pid));
  add_word(line, "user", word(entry.who.user.value_or("")));
  if (!entry.session_user.empty() && entry.session_user != entry.who.user)
    add_word(line, "session_user", word(entry.session_user));
  add_word(line, "database", word(entry.who.database.value_or("")));
  add_word(line, "client", word(entry.who.client.value_or("")));
  add_word(line, "application", word(entry.application));
  if (entry.who.backend_type.value_or("client backend") != "client backend")
    add_word(line, "process", word(*entry.who.backend_type));
}

template <typename Entry>
void add_process(JsonLine& line, const Entry& entry) {
  line.add("pid", std::uint64_t{entry.pid});
  add(line, "backend_type", entry.who.backend_type.value_or(""));
  add(line, "user", entry.who.user.value_or(""));
  add(line, "session_user", entry.session_user);
  add(line, "database", entry.who.database.value_or(""));
  add(line, "client", entry.who.client.value_or(""));
  add(line, "application", entry.application);
}

template <typename Entry>
void add_error(std::string& line, const Entry& entry) {
  if (!entry.severity.empty() && entry.severity != "ERROR")
    add_word(line, "severity", entry.severity);
  if (!entry.sqlstate.empty()) add_word(line, "sqlstate", entry.sqlstate);
}

template <typename Entry>
void add_error(JsonLine& line, const Entry& entry) {
  add(line, "severity", entry.severity);
  add(line, "sqlstate", entry.sqlstate);
  add(line, "message", entry.message);
}

bool has_text(const Text& text) {
  return !text.unreadable && !text.withheld;
}

}  // namespace

const char* name(wire_slow_outcome outcome) {
  switch (outcome) {
    case WIRE_SLOW_COMPLETED:
      return "completed";
    case WIRE_SLOW_FAILED:
      return "error";
    case WIRE_SLOW_SUSPENDED:
      return "suspended";
    case WIRE_SLOW_NOT_RUN:
      return "not-run";
    case WIRE_SLOW_ENDED:
      break;
  }
  return "ended";
}

std::string time_text(std::int64_t realtime_ns) {
  const std::time_t seconds = realtime_ns / 1'000'000'000;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> day{};
  std::array<char, 8> zone{};
  std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &local);
  std::strftime(zone.data(), zone.size(), "%z", &local);
  std::array<char, 8> milliseconds{};
  std::snprintf(milliseconds.data(), milliseconds.size(), ".%03d",
                static_cast<int>(realtime_ns / 1'000'000 % 1000));
  std::string offset = zone.data();
  if (offset.size() == 5) offset.insert(3, ":");
  return std::string(day.data()) + milliseconds.data() + offset;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\\'), text.size());
    line += printable(text.substr(0, end));
    if (end < text.size()) line += "\\\\";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return line;
}

std::string text_line(const SlowStatement& statement) {
  const Text& text = statement.text;
  std::string line = time_text(statement.ended_at_ns);
  add_word(line, "duration_ms", milliseconds(statement.duration));
  add_word(line, "rows", statement.rows ? std::to_string(*statement.rows) : "-");
  add_word(line, "outcome", name(statement.outcome));
  add_error(line, statement);
  add_process(line, statement);
  if (statement.found) add_word(line, "running_at_start", "yes");
  if (statement.statements > 1) add_word(line, "statements", std::to_string(statement.statements));
  if (text.cut) {
    add_word(line, "text_bytes",
             text.query_bytes > 0 ? std::to_string(text.query_bytes) : "unknown");
  }
  if (text.fingerprint != 0) add_word(line, "fingerprint", fingerprint_text(text.fingerprint));
  if (!statement.message.empty()) add_word(line, "message", word(statement.message));
  add_word(line, "text", has_text(text) ? on_one_line(text.text) : "-");
  return line;
}

std::string json_line(const SlowStatement& statement, const KnownOfExecutions& known) {
  const Text& text = statement.text;
  JsonLine line;
  line.add("event", "statement");
  line.add("ts", time_text(statement.ended_at_ns));
  line.add("began", time_text(statement.ended_at_ns - statement.duration.count()));
  add_process(line, statement);
  add(line, "duration_ms", statement.duration);
  add(line, "prepare_ms", statement.prepare);
  add(line, "commit_ms", statement.commit);
  if (statement.rows)
    line.add("rows", *statement.rows);
  else
    line.add_null("rows");
  line.add("outcome", name(statement.outcome));
  add_error(line, statement);
  if (statement.query_id != 0)
    line.add("query_id", static_cast<std::int64_t>(statement.query_id));
  else
    line.add_null("query_id");
  add_usage(line, statement, known);
  line.add_flag("running_at_start", statement.found);
  line.add("statements", std::uint64_t{statement.statements});
  if (has_text(text))
    line.add("text", text.text);
  else
    line.add_null("text");
  line.add_flag("cut", text.cut);
  if (text.query_bytes > 0)
    line.add("text_bytes", text.query_bytes);
  else if (has_text(text) && !text.cut && !text.normalized)
    line.add("text_bytes", std::uint64_t{text.text.size()});
  else
    line.add_null("text_bytes");
  add(line, "fingerprint", text.fingerprint != 0 ? fingerprint_text(text.fingerprint) : "");
  return line.text();
}

std::string text_line(const ServerError& error) {
  std::string line = time_text(error.at_ns);
  add_word(line, "outcome", name(WIRE_SLOW_FAILED));
  add_error(line, error);
  add_process(line, error);
  add_word(line, "message", word(error.message));
  return line;
}

std::string json_line(const ServerError& error) {
  JsonLine line;
  line.add("event", "error");
  line.add("ts", time_text(error.at_ns));
  add_process(line, error);
  add_error(line, error);
  return line.text();
}

std::string text_line(std::int64_t at_ns, std::string_view message) {
  return time_text(at_ns) + " pgrec: " + printable(message);
}

std::string json_line(std::int64_t at_ns, std::string_view event, std::string_view message) {
  JsonLine line;
  line.add("event", event).add("ts", time_text(at_ns)).add("message", message);
  return line.text();
}

}  // namespace pgrec
