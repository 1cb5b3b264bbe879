// Covers analyze/calls/set_texts.h: that texts are found in whatever order they are asked for, and
// what they say.
#include "analyze/calls/set_texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <thread>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

// So many that they take several frames, of eleven statements.
constexpr std::uint32_t kTexts = 40'000;
constexpr std::uint32_t kStatements = 11;

std::string sql_of(std::uint32_t number) {
  return "SELECT " + std::to_string(number) + " FROM t" + std::to_string(number % kStatements) +
         " WHERE a = '" + std::string(220, 'x') + "'";
}

class SetTextsTest : public testing::Test {
 protected:
  SetTextsTest() {
    TraceWriter writer = file_.writer();
    for (std::uint32_t i = 0; i < kTexts; ++i) {
      Text text;
      text.text = sql_of(i);
      EXPECT_EQ(writer.text_id(text), TextId{i});
    }
    writer.close(from_ns(1000));
  }

  static std::vector<std::uint32_t> shuffled(std::uint32_t seed) {
    std::vector<std::uint32_t> ids(kTexts);
    std::iota(ids.begin(), ids.end(), 0u);
    std::shuffle(ids.begin(), ids.end(), std::mt19937(seed));
    return ids;
  }

  const test::TraceFile file_;
};

TEST_F(SetTextsTest, FindsEachInAnyOrder) {
  TraceSet set(std::vector<std::string>{file_.path()});
  ASSERT_GT(
      std::count_if(set.files().front().reader.frames().begin(),
                    set.files().front().reader.frames().end(),
                    [](const FrameRef& frame) { return frame.type == layout::FrameType::kTexts; }),
      8);
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    auto ids = shuffled(seed);
    ids.resize(40);
    const SetTexts texts(set);
    for (const std::uint32_t id : ids) {
      const auto text = texts.find(set.files().front(), TextId{id});
      ASSERT_TRUE(text);
      EXPECT_EQ(text->text, sql_of(id));
    }
  }
}

TEST_F(SetTextsTest, TextsOfAStatementSayTheSame) {
  TraceSet set(std::vector<std::string>{file_.path()});
  const SetTexts texts(set);
  std::vector<Said> of_statement(kStatements, kNothingSaid);
  for (const std::uint32_t id : shuffled(4)) {
    const Said said = texts.said(set.files().front(), TextId{id});
    Said& first = of_statement[id % kStatements];
    if (first == kNothingSaid) first = said;
    ASSERT_EQ(said, first) << id;
    ASSERT_EQ(texts.said(texts.of(said).fingerprint), said);
  }
  std::sort(of_statement.begin(), of_statement.end());
  EXPECT_EQ(std::unique(of_statement.begin(), of_statement.end()), of_statement.end());
  EXPECT_NE(of_statement.front(), kNothingSaid);
}

TEST_F(SetTextsTest, OneThatIsNotThereSaysNothing) {
  TraceSet set(std::vector<std::string>{file_.path()});
  const SetTexts texts(set);
  EXPECT_FALSE(texts.find(set.files().front(), TextId{kTexts}));
  EXPECT_EQ(texts.said(set.files().front(), TextId{kTexts}), kNothingSaid);
  EXPECT_EQ(texts.said(set.files().front(), TextId{UINT32_MAX}), kNothingSaid);
  EXPECT_NE(texts.said(set.files().front(), TextId{0}), kNothingSaid);
}

TEST_F(SetTextsTest, ThreadsMayAsk) {
  TraceSet set(std::vector<std::string>{file_.path()});
  const SetTexts texts(set);
  std::vector<std::thread> threads;
  std::vector<std::vector<Said>> said(3, std::vector<Said>(kTexts, kNothingSaid));
  for (std::uint32_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&, i] {
      for (const std::uint32_t id : shuffled(i))
        said[i][id] = texts.said(set.files().front(), TextId{id});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(said[0], said[1]);
  EXPECT_EQ(said[0], said[2]);
}

}  // namespace
}  // namespace pgrec
