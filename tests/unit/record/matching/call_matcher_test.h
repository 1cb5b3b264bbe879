// What the tests of record/matching/call_matcher.h have in common: hits of one thread, and the
// events that they become.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "record/matching/call_matcher.h"
#include "tests/unit/record/matching/matched_since.h"

namespace pgrec {

inline constexpr std::uint32_t kA = 0, kB = 1, kC = 2, kActivity = 3;

// Makes the hits of one thread, 10 ns apart, and tells the events they became.
class CallMatcherTest : public testing::Test {
 protected:
  void hit(wire_kind kind, std::uint32_t probe, std::uint64_t sp) {
    Hit& hit = hits_.emplace_back();
    hit.ts_ns = now_ns_ += 10;
    hit.sp = sp;
    hit.probe = probe;
    hit.kind = kind;
  }
  void enter(std::uint32_t probe, std::uint64_t sp) { hit(WIRE_ENTER, probe, sp); }
  // An enter by a jump at the end of another function.
  void jump(std::uint32_t probe, std::uint64_t sp) {
    enter(probe, sp);
    hits_.back().chained = true;
  }
  // An enter of a call whose return the kernel does not keep.
  void enter_beyond(std::uint32_t probe, std::uint64_t sp) {
    enter(probe, sp);
    hits_.back().no_return = true;
  }
  // The return of a call that entered at `sp`, whose enter may not have been sampled.
  void straddle(std::uint32_t probe, std::uint64_t sp) {
    leave(probe, sp);
    hits_.back().straddles = true;
  }
  // The return of a call that entered at `sp`.
  void leave(std::uint32_t probe, std::uint64_t sp) { hit(WIRE_EXIT, probe, sp + 8); }
  // A query that is its own key.
  void begin(std::uint64_t key) {
    hit(WIRE_BEGIN, kActivity, 0);
    hits_.back().query = std::make_unique<QueryHit>();
    hits_.back().query->query.key = key;
  }
  void idle() { idle_at(0); }
  void idle_at(std::uint64_t sp) { hit(WIRE_IDLE, kActivity, sp); }
  void begin_at(std::uint64_t sp) {
    begin(1);
    hits_.back().sp = sp;
  }
  void fail_at(std::uint64_t sp) {
    begin_at(sp);
    hits_.back().kind = WIRE_FAILED;
  }
  // The activity function is also probed.
  void probe_activity_as(std::uint32_t probe) { context_.activity_function = probe; }

  // Hands the hits so far to the matcher.
  void match() {
    queries_.text_of = [](const QueryHit& query, const ThreadKey& /*thread*/) {
      Text text;
      text.id = TextId{static_cast<std::uint32_t>(query.query.key)};
      return std::make_shared<QueryText>(QueryText{{text}});
    };
    queries_.text_id = [](const Text& text) { return text.id; };
    queries_.leader_of = [](std::uint32_t /*pid*/) { return std::nullopt; };
    matcher_.match(hits_, context_, matched_);
    hits_.clear();
    lost_before_ = lost_now_;
  }
  void lose_exit_of(std::uint32_t probe) { ++lost_now_.at(probe); }
  void lose_a_report() { ++lost_now_.at(kActivity); }
  void thread_ends() { hit(WIRE_GONE, 0, 0); }

  // "enter a, enter b, returned, returned": the events since the last call.
  std::string story() {
    match();
    std::string all;
    for (const Event& event : matched_.events)
      all += (all.empty() ? "" : ", ") + word(event);
    matched_.clear();
    told_ = 0;
    return all;
  }
  std::vector<std::int64_t> times() {
    match();
    std::vector<std::int64_t> all;
    for (const Event& event : matched_.events)
      all.push_back(to_ns(event.ts));
    return all;
  }
  // The recording goes on in another part: what the old one ends with, and what the new one begins
  // with.
  std::string switch_part() {
    match();
    matcher_.finish(context_, matched_);
    const std::string ended = story();
    context_.begin_ns = queries_.begin_ns = now_ns_;
    matcher_.begin_part(context_, matched_);
    return ended + " | " + story();
  }
  // A USDT probe, the one probe that is none of the functions.
  void point(std::uint64_t sp, std::uint64_t argument) {
    hit(WIRE_POINT, kC, sp);
    hits_.back().arguments = std::make_unique<ArgumentValues>(ArgumentValues{argument});
  }
  std::vector<Hit> hits_;  // that were not handed to the matcher yet
  // By probe.
  std::vector<std::uint64_t> recorded_ = std::vector<std::uint64_t>(4);
  std::vector<std::uint64_t> filtered_ = std::vector<std::uint64_t>(4);
  std::vector<std::uint64_t> doubles_ = std::vector<std::uint64_t>(4);
  CallMatcher matcher_{ThreadKey{7, 7}};

  std::uint64_t now_ns_ = kBegin;

 private:
  std::string word(const Event& event) {
    const std::string function(1, static_cast<char>('a' + value(event.function)));
    switch (event.kind) {
      case EventKind::kEnter:
        return "enter " + function;
      case EventKind::kReturned:
        return "returned";
      case EventKind::kUnwound:
        return "unwound";
      case EventKind::kDepthLimit:
        return "depth-limit";
      case EventKind::kExitLost:
        return "exit-lost";
      case EventKind::kHeadless:
        return "headless " + function;
      case EventKind::kExecutionBegin:
        return "begin " + std::to_string(value(event.text));
      case EventKind::kExecutionEnd:
        return "end";
      case EventKind::kExecutionLost:
        return "end lost";
      case EventKind::kOfClass:
        return "class " + std::to_string(value(event.event_class)) + argument();
    }
    return "?";
  }
  // Of the event of a class that is told next.
  std::string argument() {
    if (told_ == matched_.arguments.size()) return " without arguments";
    const ArgumentValues& values = matched_.arguments[told_++];
    return values.empty() ? "" : " " + std::to_string(std::get<std::uint64_t>(values.front()));
  }
  std::size_t told_ = 0;

  std::vector<std::uint64_t> lost_before_ = {0, 0, 0, 0};
  std::vector<std::uint64_t> lost_now_ = {0, 0, 0, 0};
  QueryContext queries_;
  MatchContext context_{kBegin,     kActivity,  &lost_before_, &lost_now_,   &queries_,
                        &recorded_, &filtered_, &doubles_,     std::nullopt, kC};
  MatchedEvents matched_;
};

}  // namespace pgrec
