// Covers format/chunk/statement_sums.h by what ChunkBuilder and ChunkSummary make of random
// streams, against a plain computation from their events.
#include "format/chunk/statement_sums.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "format/chunk/chunk_builder.h"
#include "format/chunk/chunk_decoder.h"
#include "format/chunk/chunk_summary.h"
#include "tests/unit/random_events.h"

namespace pgrec {
namespace {

using Tells = ExecutionRole::Tells;

// Of the texts of random events: two of one statement, and some without a fingerprint.
TextFingerprints random_fingerprints() {
  TextFingerprints texts;
  const std::uint64_t fingerprints[] = {0, 11, 11, 33, 0, 55};
  for (std::uint32_t id = 0; id < 6; ++id)
    texts.add(TextId{id}, fingerprints[id]);
  texts.add(TextId{UINT32_MAX}, 0);
  return texts;
}

// The classes of random events (random_classes()) in the roles of those of executions.
ExecutionRoles random_roles(std::uint32_t seed) {
  static constexpr Tells kOfNoArguments[] = {Tells::kNotRun, Tells::kOfLeader, Tells::kFailure};
  ExecutionRoles roles;
  roles.by_class.resize(8);
  roles.by_class[0].tells = kOfNoArguments[seed % 3];
  ExecutionRole& other = roles.by_class[7];
  other.tells = seed % 4 == 0 ? Tells::kOtherText : Tells::kCompletion;
  if (other.tells == Tells::kOtherText) {
    other.text = 4;
  } else {
    other.query_id = 4;
    other.measures[0] = 2;
    other.measures[4] = 5;
    other.above_zero = 1u << 5;
  }
  return roles;
}

// The same sums by looking at every execution and every call when a chunk is over.
class Plain {
 public:
  Plain(const ExecutionRoles& roles, const TextFingerprints& texts)
      : roles_(roles), texts_(texts) {}

  void replay(const std::vector<test::ThreadEvents>& batch) {
    std::map<ThreadKey, std::vector<std::pair<Event, ArgumentValues>>> by_thread;
    for (const test::ThreadEvents& stretch : batch) {
      std::size_t of_class = 0;
      for (const Event& event : stretch.events) {
        const bool has = event.kind == EventKind::kOfClass;
        by_thread[stretch.thread].emplace_back(
            event, has ? stretch.arguments[of_class++] : ArgumentValues{});
      }
    }
    begun_.clear();
    returned_.clear();
    ended_.clear();
    for (const auto& [thread, events] : by_thread) {
      for (const auto& [event, arguments] : events)
        apply(thread, threads_[thread], event, arguments);
    }
  }

  Statements statements() const {
    Statements rows;
    for (const auto& [execution, function] : begun_)
      if (execution) ++row(rows, *execution).functions[function].calls;
    for (const Returned& call : returned_) {
      if (!call.execution) continue;
      StatementFunction& sums = row(rows, *call.execution).functions[call.function];
      ++sums.returned;
      sums.total += call.duration;
      sums.self += call.self;
    }
    for (const std::size_t number : ended_) {
      const One& one = executions_[number];
      if (!one.ran()) continue;
      StatementSummary& sums = row(rows, number);
      ++sums.executions;
      if (one.duration) {
        sums.add(*one.duration);
        if (one.said) ++sums.said;
        if (one.failed) ++sums.errors;
      } else {
        ++sums.lost;
      }
      for (const auto& [measure, number_of] : one.measures)
        sums.measures[measure].merge({number_of, 1});
    }
    return rows;
  }
  std::vector<LongExecution> longest() const {
    std::vector<LongExecution> all;
    for (const std::size_t number : ended_) {
      const One& one = executions_[number];
      if (one.ran() && one.duration)
        all.push_back({*one.duration, one.begun, ExecutionId{number}, one.text, one.thread});
    }
    std::sort(all.begin(), all.end(), longer);
    if (all.size() > Summary::kLongest) all.resize(Summary::kLongest);
    return all;
  }

 private:
  struct One {
    ThreadKey thread;
    TextId text{};
    Timestamp begun{};
    bool ended = false;
    std::optional<Duration> duration;
    bool prepared = false, of_leader = false, said = false, failed = false;
    std::uint64_t query_id = 0;
    std::map<std::size_t, std::uint64_t> measures;
    bool ran() const { return !prepared && !of_leader; }
  };
  struct Open {
    FunctionId function{};
    Timestamp entered{};
    Duration inside{};
    std::optional<std::size_t> execution;
  };
  struct Thread {
    std::vector<Open> calls;
    std::optional<std::size_t> running;
  };
  struct Returned {
    std::optional<std::size_t> execution;
    FunctionId function{};
    Duration duration{}, self{};
  };

  StatementSummary& row(Statements& rows, std::size_t number) const {
    const One& one = executions_[number];
    StatementKey key{*texts_.find(one.text), one.ended && one.ran() ? one.query_id : 0, {}};
    if (key.fingerprint == 0) key.text = one.text;
    const auto [place, is_new] = rows.try_emplace(key);
    TextId& first = place->second.first_text;
    first = is_new ? one.text : std::min(first, one.text);
    return place->second;
  }
  void end(Thread& thread, std::optional<Timestamp> at) {
    One& one = executions_[*thread.running];
    one.ended = true;
    if (at) one.duration = *at - one.begun;
    ended_.push_back(*thread.running);
    thread.running.reset();
  }
  void say(One& one, const ExecutionRole& role, const ArgumentValues& arguments) const {
    const auto number = [&](std::size_t place) {
      return std::get<std::uint64_t>(arguments[place]);
    };
    switch (role.tells) {
      case Tells::kFailure:
      case Tells::kCompletion:
        one.prepared = false;
        one.said = true;
        one.failed = role.tells == Tells::kFailure;
        if (role.query_id == ExecutionRole::kNone) break;
        if (number(4) != 0) one.query_id = number(4);
        if (number(0) <= ExecutionRole::kMaxNumber) one.measures[2] = number(0);
        if (number(4) != 0) one.measures[5] = number(4);
        break;
      case Tells::kNotRun:
        one.prepared = true;
        one.said = one.failed = false;
        break;
      case Tells::kOfLeader:
        one.of_leader = true;
        break;
      case Tells::kOtherText:
        one.text = TextId{static_cast<std::uint32_t>(number(4))};
        break;
      case Tells::kNothing:
        break;
    }
  }
  void apply(const ThreadKey& key, Thread& thread, const Event& event,
             const ArgumentValues& arguments) {
    switch (event.kind) {
      case EventKind::kEnter:
        thread.calls.push_back({event.function, event.ts, {}, thread.running});
        begun_.emplace_back(thread.running, event.function);
        return;
      case EventKind::kHeadless:
        begun_.emplace_back(thread.running, event.function);
        return;
      case EventKind::kExecutionBegin:
        if (thread.running) end(thread, event.ts);
        thread.running = executions_.size();
        executions_.emplace_back();
        executions_.back().thread = key;
        executions_.back().text = event.text;
        executions_.back().begun = event.ts;
        return;
      case EventKind::kExecutionEnd:
        return end(thread, event.ts);
      case EventKind::kExecutionLost:
        return end(thread, std::nullopt);
      case EventKind::kOfClass:
        if (thread.running)
          say(executions_[*thread.running], roles_.of(event.event_class), arguments);
        return;
      default:
        break;
    }
    const Open call = thread.calls.back();
    thread.calls.pop_back();
    Duration known = call.inside;
    if (event.kind == EventKind::kReturned) {
      known = event.ts - call.entered;
      returned_.push_back({call.execution, call.function, known, known - call.inside});
    }
    if (!thread.calls.empty()) thread.calls.back().inside += known;
  }

  const ExecutionRoles& roles_;
  const TextFingerprints& texts_;
  std::map<ThreadKey, Thread> threads_;
  std::vector<One> executions_;
  // In this chunk.
  std::vector<std::pair<std::optional<std::size_t>, FunctionId>> begun_;
  std::vector<Returned> returned_;
  std::vector<std::size_t> ended_;
};

class RandomStatements : public testing::TestWithParam<std::uint32_t> {
 protected:
  RandomStatements() { builder_.sum_statements({roles_, &texts_}); }
  // The next chunk, of so many stretches of events.
  ChunkBuilder::Encoded next(int stretches) {
    const auto batch = random_.next(stretches);
    for (const auto& stretch : batch)
      test::append(builder_, stretch);
    plain_.replay(batch);
    return builder_.encode();
  }

  const TextFingerprints texts_ = random_fingerprints();
  const ExecutionRoles roles_ = random_roles(GetParam());
  test::RandomEvents random_{GetParam(), 6};
  Plain plain_{roles_, texts_};
  ChunkBuilder builder_;
};

TEST_P(RandomStatements, AreThoseOfTheChunksExecutions) {
  for (int chunk = 0; chunk < 30; ++chunk) {
    const Summary found = next(1 + 3 * chunk).summary;
    ASSERT_EQ(found.statements, plain_.statements());
    ASSERT_EQ(found.longest, plain_.longest());
    ASSERT_TRUE(found.statements_complete);
  }
}

TEST_P(RandomStatements, AreTheSameOfDecodedChunks) {
  ChunkSummary decoded({roles_, &texts_}, test::random_classes());
  ChunkDecoder decoder;
  for (int chunk = 0; chunk < 30; ++chunk) {
    const ChunkBuilder::Encoded encoded = next(1 + 3 * chunk);
    ASSERT_TRUE(decoder.decode(encoded.plain, encoded.columns, decoded));
    ASSERT_EQ(decoded.take(), encoded.summary);
  }
}

TEST_P(RandomStatements, AreNotKnownWhereAChunkIsMissing) {
  ChunkSummary decoded({roles_, &texts_}, test::random_classes());
  ChunkDecoder decoder;
  int gone = 0;
  for (int chunk = 0; chunk < 40; ++chunk) {
    const ChunkBuilder::Encoded encoded = next(20);
    if (chunk % 4 == 1) continue;
    ASSERT_TRUE(decoder.decode(encoded.plain, encoded.columns, decoded));
    const Summary summary = decoded.take();
    const Summary& known = encoded.summary;
    ASSERT_EQ(summary.statements.value_or(known.statements.value()), known.statements);
    ASSERT_EQ(summary.longest.value_or(known.longest.value()), known.longest);
    gone += summary.statements ? 0 : 1;
  }
  EXPECT_GT(gone, 0);
  EXPECT_LT(gone, 30);
}

TEST_P(RandomStatements, ComeBackFromASummary) {
  for (int chunk = 0; chunk < 10; ++chunk) {
    const Summary written = next(1 + 8 * chunk).summary;
    ASSERT_EQ(decode_summary(encode(written)), written);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomStatements, testing::Range(1u, 13u));

}  // namespace
}  // namespace pgrec
