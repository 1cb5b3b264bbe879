// The fixture of the tests of record/slowlog/slow_statements.h: puts reports into rings of two
// CPUs.
#pragma once

#include "record/slowlog/slow_statements.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/written_rings.h"

namespace pgrec {

using Rows = std::vector<std::string>;
using Counts = std::vector<std::optional<std::uint64_t>>;

inline constexpr std::uint64_t kMs = 1'000'000;
// There is no such process: its title is what it reports.
inline constexpr std::uint32_t kPid = 4'194'305;

// Two CPUs. Reports are of kPid and of its time unless a test says otherwise.
class SlowStatementsTest : public testing::Test {
 protected:
  SlowStatementsTest() {
    rings_.events.push_back(ends_.map());
    rings_.records.push_back(records_.map());
    rings_.records.push_back(others_.map());
    slow_.key = 5;
    slow_.begun_ns = 10 * kMs;
    slow_.ran_ns = 12 * kMs;
    slow_.done_ns = 30 * kMs;
    slow_.ended_ns = 40 * kMs;
  }

  void put(test::WrittenRecordRing& ring, wire_kind kind, const std::string& rest,
           unsigned flags) const {
    const wire_record head{at_ns_,
                           0,
                           std::uint64_t{pid_} << 32 | pid_,
                           static_cast<std::uint32_t>(rest.size()),
                           static_cast<std::uint16_t>(kind),
                           static_cast<std::uint16_t>(flags)};
    ring.put(bytes_of(head) + rest);
  }
  // A piece of the text of `key`.
  void send(std::uint64_t key, const std::string& piece, bool first = true) {
    put(records_, WIRE_TEXT, bytes_of(wire_query{key, 0}) + piece, first ? WIRE_TEXT_FIRST : 0);
  }
  // A statement with a text of its own that was sent before.
  void report(const std::string& text, unsigned flags = WIRE_SLOW_CLIENT) {
    send(slow_.key, text);
    slow_.text_bytes = text.size();
    report_sent(flags);
  }
  void report_sent(unsigned flags = WIRE_SLOW_CLIENT) {
    put(records_, WIRE_SLOW, bytes_of(slow_), flags | WIRE_SLOW_TEXT_SENT);
  }
  void report_kept(const std::string& kept, unsigned flags = WIRE_SLOW_CLIENT) {
    put(records_, WIRE_SLOW, bytes_of(slow_) + kept, flags | WIRE_SLOW_TEXT_KEPT);
  }
  // An error that the server reports.
  void fail(wire_error error, const std::string& message, unsigned flags = 0) {
    put(records_, WIRE_ERROR, bytes_of(error) + message, flags);
  }
  void say_title(const std::string& title) { put(records_, WIRE_TITLE, title, 0); }
  void say_application(const std::string& name) { put(records_, WIRE_APPLICATION, name, 0); }

  // All that is left.
  std::vector<SlowStatement> rest() { return statements_.rest({100 * kMs, kRealtimeNs}); }
  static Rows texts(const std::vector<SlowStatement>& statements) {
    Rows all;
    for (const SlowStatement& one : statements)
      all.push_back(one.text.unreadable ? "(unreadable)" : one.text.text);
    return all;
  }
  static Counts counts(const std::vector<SlowStatement>& statements) {
    Counts rows;
    for (const SlowStatement& one : statements)
      rows.push_back(one.rows);
    return rows;
  }
  template <typename Part>
  static std::string bytes_of(const Part& part) {
    return {reinterpret_cast<const char*>(&part), sizeof part};
  }

  static constexpr std::int64_t kRealtimeNs = 1'700'000'000'000'000'000;
  test::WrittenEventRing ends_{8};
  test::WrittenRecordRing records_{16384};
  test::WrittenRecordRing others_{4096};
  Rings rings_;
  SlowStatements statements_{rings_, TextMode::kFull};
  wire_slow slow_{};
  std::uint64_t at_ns_ = 40 * kMs;
  std::uint32_t pid_ = kPid;
};

}  // namespace pgrec
