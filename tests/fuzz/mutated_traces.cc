// mutated_traces FROM COUNT: reads traces that are damaged in COUNT ways, from number FROM on, and
// what recover makes of them. Both give the same answers, and the relations of SQL those of the
// first. What these lack of the whole trace is
// told as missing: calls and executions by their number, texts by that anything is. Of a trace
// without its end nobody knows what stood behind the last that can be read, and where checksums
// were made right, nothing tells. Prints the number of each mutation that breaks this, and ends
// with 1 when one did.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "analyze/calls/call_builder.h"
#include "analyze/repair/recovery.h"
#include "analyze/repair/verification.h"
#include "analyze/sql/database.h"
#include "analyze/sql/set_relations.h"
#include "format/error.h"
#include "tests/fuzz/crafted_file.h"
#include "tests/unit/random_events.h"

namespace {

using namespace pgrec;

// What a reader answers.
struct Answers {
  std::map<std::uint64_t, std::string> calls, executions;  // by id
  std::map<std::uint32_t, std::string> texts;
  std::uint64_t given_twice = 0;  // calls and executions
  std::string damage;             // the first

  // A sink of replay().
  void call_ended(const Call& call) {
    const std::string took = call.duration ? std::to_string(call.duration->count()) : "-";
    const auto all = std::to_string(value(call.function)) + " " +
                     std::to_string(to_ns(call.begun)) + " " + took + " " +
                     std::to_string(call.depth) + " " + std::string(name(call.outcome));
    given_twice += calls.emplace(value(call.id), all).second ? 0 : 1;
  }
  void execution_ended(const Execution& execution) {
    const std::string took = execution.duration ? std::to_string(execution.duration->count()) : "-";
    const auto all = std::to_string(value(execution.text)) + " " +
                     std::to_string(to_ns(execution.begun)) + " " + took +
                     (execution.end_lost ? " lost" : "");
    given_twice += executions.emplace(value(execution.id), all).second ? 0 : 1;
  }
};

Answers ask(TraceReader& trace) {
  Answers all;
  build_calls(trace, all);
  trace.for_each_text([&](const Text& text) { all.texts.emplace(value(text.id), text.text); });
  if (!trace.damages().empty()) all.damage = trace.damages().front().reason;
  return all;
}

// A trace in memory, written by `write`.
template <typename Write>
Bytes made(Write write) {
  const int fd = ::memfd_create("trace", MFD_CLOEXEC);
  const int kept = ::dup(fd);
  if (fd < 0 || kept < 0) std::abort();
  {
    TraceWriter writer(File(fd, "trace"));
    write(writer);
  }
  const File file(kept, "trace");
  return file.read(0, file.size_bytes());
}

Bytes random_trace(std::uint32_t seed) {
  return made([seed](TraceWriter& writer) {
    test::RandomEvents random(seed, 3);
    writer.write(Metadata{{"host.name", "db1"}});
    writer.write(std::vector<Function>{{FunctionId{0}, {}, "f", "/p", "ab", 4096}});
    writer.write(test::random_classes());
    for (int chunk = 0; chunk < 4; ++chunk) {
      writer.text_id({{}, false, false, "SELECT " + std::to_string(chunk)});
      for (const auto& stretch : random.next(4))
        test::append(writer, stretch);
      writer.cut();
      if (chunk == 1) writer.write(std::vector<Loss>{random.next_loss()});
    }
    writer.close(from_ns(1ll << 58));
  });
}

// Damages the trace: bytes are flipped, set, taken out, put in, doubled, exchanged or cut off, once
// or a few times; of some, all checksums are made right afterwards, so
// that what is read contradicts itself.
class Mutation {
 public:
  explicit Mutation(std::uint32_t number) : random_(number) {}

  // Whether checksums were made right.
  bool apply(Bytes& bytes) {
    for (std::uint32_t i = 1 + below(3); i > 0; --i)
      once(bytes);
    const bool correct = below(4) == 0;
    if (correct) fuzz::correct_checksums(bytes);
    return correct;
  }

 private:
  std::uint32_t below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::uint32_t>(random_() % limit);
  }
  // Frames stand at multiples of eight.
  std::size_t place(const Bytes& bytes) {
    const std::size_t at = below(bytes.size());
    return below(2) == 0 ? at : at / 8 * 8;
  }
  void once(Bytes& bytes) {
    const std::size_t at = place(bytes);
    const std::size_t count =
        std::min<std::size_t>(1 + below(below(2) == 0 ? 16 : 600), bytes.size() - at);
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = from + static_cast<std::ptrdiff_t>(count);
    const Bytes piece(from, to);
    switch (below(7)) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 1:
        std::fill(from, to, static_cast<std::uint8_t>(random_()));
        break;
      case 2:
        bytes.erase(from, to);
        break;
      case 3:
        bytes.insert(from, piece.begin(), piece.end());
        break;
      case 4:
        bytes.resize(at);
        break;
      case 5: {
        const auto other = static_cast<std::ptrdiff_t>(place(bytes));
        bytes.insert(bytes.begin() + other, piece.begin(), piece.end());
        break;
      }
      default:
        bytes[at] = static_cast<std::uint8_t>(random_());
    }
  }

  std::mt19937 random_;
};

// The first difference; empty where there is none.
template <typename Key>
std::string other_than(const std::map<Key, std::string>& from,
                       const std::map<Key, std::string>& rebuilt, const char* what) {
  const auto in = [](const std::map<Key, std::string>& all, Key key) {
    const auto found = all.find(key);
    return found == all.end() ? "none" : "'" + found->second + "'";
  };
  for (const auto* some : {&from, &rebuilt}) {
    for (const auto& [key, one] : *some) {
      if (in(from, key) == in(rebuilt, key)) continue;
      return std::string(what) + " " + std::to_string(key) + " is " + in(rebuilt, key) + ", was " +
             in(from, key);
    }
  }
  return "";
}

std::string compare(const Answers& in, const Answers& out, const Recovery& recovery,
                    bool contradicts) {
  // Frames of types that are not known are kept, and told of again.
  if (!out.damage.empty() && !out.damage.starts_with("a frame of type "))
    return "what was rebuilt is damaged: " + out.damage;
  if (!contradicts && in.given_twice + out.given_twice > 0)
    return "a call or an execution is given twice";
  std::string wrong = other_than(in.calls, out.calls, "calls");
  if (wrong.empty()) wrong = other_than(in.executions, out.executions, "executions");
  if (wrong.empty()) wrong = other_than(in.texts, out.texts, "texts");
  if (wrong.empty() && recovery.lossless() && !in.damage.empty())
    return "nothing lost of what is damaged";
  return wrong;
}

// How many the answers lack, but those behind their last where nobody knows of these.
template <typename Key>
std::uint64_t lacking(const std::map<Key, std::string>& whole,
                      const std::map<Key, std::string>& answers, bool closed) {
  return static_cast<std::uint64_t>(std::count_if(whole.begin(), whole.end(), [&](const auto& one) {
    const bool known = closed || (!answers.empty() && one.first < answers.rbegin()->first);
    return known && !answers.contains(one.first);
  }));
}

std::string untold(const Answers& whole, const Answers& answers, const Recovery& recovery,
                   bool closed) {
  const auto more = [](std::uint64_t lacking, std::uint64_t told, const char* what) {
    if (lacking <= told) return std::string();
    return std::to_string(lacking) + " " + what + " are not there, of which it tells of " +
           std::to_string(told);
  };
  std::string wrong =
      more(lacking(whole.calls, answers.calls, closed), recovery.calls_missing, "calls");
  if (wrong.empty()) {
    wrong = more(lacking(whole.executions, answers.executions, closed), recovery.executions_missing,
                 "executions");
  }
  if (wrong.empty() && recovery.lossless())
    wrong = more(lacking(whole.texts, answers.texts, closed), 0, "texts");
  return wrong;
}

// What the relations answer; of executions all but the text.
Answers ask_relations(const Bytes& bytes) {
  Analysis analysis(TraceSet(TraceReader(fuzz::memory_file(bytes))), Filters{}, /*threads=*/1);
  Database database;
  for (const auto& relation : set_relations(analysis))
    database.add(relation);
  Answers all;
  const auto took = [](const Statement& row, int column) {
    return row.is_null(column) ? "-" : row.text(column);
  };
  auto calls = database.prepare(
      "SELECT call_id, function_id, ts_ns, duration_ns, depth, outcome FROM calls");
  while (calls.step()) {
    const auto one = calls.text(1) + " " + calls.text(2) + " " + took(calls, 3) + " " +
                     calls.text(4) + " " + calls.text(5);
    all.given_twice += all.calls.emplace(calls.integer(0), one).second ? 0 : 1;
  }
  for (const std::string relation : {"executions", "preparations", "worker_runs"}) {
    auto executions =
        database.prepare("SELECT execution_id, ts_ns, duration_ns, outcome FROM " + relation);
    while (executions.step()) {
      const auto one = executions.text(1) + " " + took(executions, 2) +
                       (executions.text(3) == "exit-lost" ? " lost" : "");
      all.given_twice += all.executions.emplace(executions.integer(0), one).second ? 0 : 1;
    }
  }
  return all;
}

// Those of `before` are of the same bytes.
std::string check_relations(const Bytes& bytes, const Answers& before, bool contradicts) {
  const Answers answers = ask_relations(bytes);
  if (contradicts) return "";
  if (answers.given_twice > 0) return "a relation gives a call or an execution twice";
  std::map<std::uint64_t, std::string> executions;
  for (const auto& [id, one] : before.executions)
    executions.emplace(id, one.substr(one.find(' ') + 1));
  std::string wrong = other_than(before.calls, answers.calls, "in SQL, calls");
  if (wrong.empty()) wrong = other_than(executions, answers.executions, "in SQL, executions");
  return wrong;
}

// `contradicts`: what is read may contradict itself, and then does in what is rebuilt.
std::string check_rebuilt(TraceReader& in, const Answers& before, const Answers& whole,
                          bool contradicts) {
  Recovery recovery;
  const Bytes rebuilt = made([&](TraceWriter& out) { recovery = recover(in, out); });
  TraceReader out(fuzz::memory_file(rebuilt));
  if (!out.closed()) return "what was rebuilt is not closed";
  const Answers after = ask(out);
  std::string wrong = compare(before, after, recovery, contradicts);
  if (wrong.empty() && !contradicts) wrong = untold(whole, after, recovery, in.closed());
  if (!wrong.empty()) return wrong;
  for (const Check& one : verify(out, true)) {
    const bool is_of_content = one.name == "headers" || one.name == "openings";
    if (one.name == "references" || (contradicts && is_of_content)) continue;
    if (one.name == "frames" && !after.damage.empty()) continue;
    if (one.result == Check::Result::kBad) return "verify: " + one.name + ": " + one.detail;
  }
  return "";
}

std::string check(const Bytes& bytes, const Answers& whole, bool contradicts) {
  std::optional<TraceReader> in;
  Answers before;
  try {
    in.emplace(fuzz::memory_file(bytes));
    before = ask(*in);
  } catch (const Error&) {
    return "";  // refused, as it may be
  }
  try {
    const std::string wrong = check_relations(bytes, before, contradicts);
    return wrong.empty() ? check_rebuilt(*in, before, whole, contradicts) : wrong;
  } catch (const Error& error) {
    return std::string("what was read is not read again, or not rebuilt: ") + error.what();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "mutated_traces FROM COUNT\n");
    return 2;
  }
  constexpr std::uint32_t kOfATrace = 100;
  const auto from = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
  const auto count = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
  Bytes whole;
  Answers answers;
  std::uint32_t broken = 0;
  for (std::uint32_t number = from; number < from + count; ++number) {
    if (number == from || number % kOfATrace == 0) {
      whole = random_trace(1 + number / kOfATrace);
      TraceReader trace(fuzz::memory_file(whole));
      answers = ask(trace);
    }
    Bytes bytes = whole;
    const bool contradicts = Mutation(number).apply(bytes);
    const std::string wrong = check(bytes, answers, contradicts);
    if (wrong.empty()) continue;
    std::printf("mutation %u: %s\n", number, wrong.c_str());
    ++broken;
  }
  return broken == 0 ? 0 : 1;
}
