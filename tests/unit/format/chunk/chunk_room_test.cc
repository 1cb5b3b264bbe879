// Covers format/chunk/chunk_room.h: which calls are left out where too many are open, and what is
// told of them.
#include "format/chunk/chunk_room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/append_event.h"

namespace pgrec {
namespace {

class ChunkRoomTest : public testing::Test {
 protected:
  // Events as letters: ( enter of function 1, [ of function 2, ) returned, u unwound, d
  // depth-limit, h headless, b and e begin and end of an execution, c of a class. Those that are
  // kept.
  std::string keep(const std::string& letters, ThreadKey thread = {1, 1}, bool has_room = true) {
    std::vector<Event> events;
    std::vector<ArgumentValues> arguments;
    for (const char letter : letters) {
      Event event;
      event.ts = from_ns(++ns_);
      event.function = FunctionId{letter == '(' ? 1u : letter == '[' || letter == 'h' ? 2u : 0u};
      event.kind = kind_of(letter);
      if (letter == 'c') arguments.push_back({std::uint64_t{7}});
      events.push_back(event);
    }
    const auto kept = room_.keep(thread, {events, arguments}, has_room, [this] { return open_; });
    std::string all;
    for (const Event& event : kept.events)
      all += letters[static_cast<std::size_t>(to_ns(event.ts) - to_ns(events.front().ts))];
    for (const char letter : all)
      open_ += letter == '(' || letter == '[' ? 1 : letter == ')' || letter == 'u' ? -1 : 0;
    const auto classes = static_cast<std::size_t>(std::count(all.begin(), all.end(), 'c'));
    EXPECT_EQ(kept.arguments.size(), classes);
    return all;
  }
  static EventKind kind_of(char letter) {
    static constexpr std::string_view kLetters = "()udxhbelc";
    return letter == '[' ? EventKind::kEnter : static_cast<EventKind>(kLetters.find(letter));
  }
  // "f1 3, any 0" of the losses that are told now.
  std::string told() {
    std::string all;
    for (const Loss& loss : room_.take_losses()) {
      EXPECT_EQ(loss.cause, "format-bound");
      EXPECT_LE(loss.from, loss.to);
      all += (all.empty() ? "" : ", ") +
             (loss.function ? "f" + std::to_string(value(*loss.function)) : std::string("any")) +
             " " + std::to_string(loss.events);
    }
    return all;
  }

  ChunkRoom room_{3};
  std::uint64_t open_ = 0;
  std::int64_t ns_ = 0;
};

TEST_F(ChunkRoomTest, KeepsWhatIsWithinTheBound) {
  EXPECT_EQ(keep("((("), "(((");
  EXPECT_EQ(keep(")))"), ")))");
  EXPECT_EQ(keep("()()()()(())"), "()()()()(())");
  EXPECT_EQ(told(), "");
}

TEST_F(ChunkRoomTest, LeavesOutWholeCallsFromTheOutsideIn) {
  EXPECT_EQ(keep("((([()"), "(((");
  EXPECT_EQ(keep(")"), "");
  EXPECT_EQ(keep(")()"), ")()");
  EXPECT_EQ(told(), "f1 2, f2 2");
  EXPECT_EQ(told(), "");
}

// What the recorder only concluded did not fire.
TEST_F(ChunkRoomTest, CountsTheEventsThatFired) {
  EXPECT_EQ(keep("((((u(d(x"), "(((");
  EXPECT_EQ(told(), "f1 3");
  EXPECT_EQ(room_.left_out(), (std::vector<std::uint64_t>{0, 3}));
}

TEST_F(ChunkRoomTest, KeepsWhatIsNoCallInsideOne) {
  EXPECT_EQ(keep("b((((chebl"), "b(((chebl");
  EXPECT_EQ(told(), "f1 1");
}

TEST_F(ChunkRoomTest, CountsTheCallsOfAllThreads) {
  EXPECT_EQ(keep("((", {1, 1}), "((");
  EXPECT_EQ(keep("((", {2, 2}), "(");
  EXPECT_EQ(keep("()", {1, 1}), "");
  EXPECT_EQ(keep("))", {1, 1}), "))");
  EXPECT_EQ(keep("))", {2, 2}), ")");
  EXPECT_EQ(keep("(((", {3, 3}), "(((");
  EXPECT_EQ(told(), "f1 4");
}

TEST_F(ChunkRoomTest, KeepsNothingOfAThreadThatCannotBeListed) {
  EXPECT_EQ(keep("b(ch", {9, 9}, false), "");
  EXPECT_EQ(keep(")", {9, 9}), "") << "nor what it began then";
  EXPECT_EQ(keep("e", {9, 9}), "");
  EXPECT_EQ(keep("b()e", {9, 9}), "b()e");
  EXPECT_EQ(told(), "f1 2, f2 1, any 0");
}

}  // namespace
}  // namespace pgrec
