// Covers format/table/tables.h: every table comes back as it was written, and bytes that are none
// are refused.
#include "format/table/tables.h"

#include <gtest/gtest.h>

#include <random>

namespace pgrec {
namespace {

TEST(Tables, MetadataComesBack) {
  const Metadata facts = {{"host", "db1"}, {"", ""}, {"host", "db2"}};
  EXPECT_EQ(decode_metadata(encode(facts)), facts);
}

TEST(Tables, FunctionsComeBack) {
  const std::vector<Function> functions = {
      {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/usr/bin/postgres", "0a1b", 1u << 30},
      {FunctionId{65535}, Function::Role::kActivity, "f", "", "", 0}};
  EXPECT_EQ(decode_functions(encode(functions)), functions);
}

TEST(Tables, TextsComeBack) {
  const std::vector<Text> texts = {{TextId{0}, false, false, "SELECT 1"},
                                   {TextId{0xFFFFFFFF}, true, false, std::string(70'000, 'x')},
                                   {TextId{3}, false, true, ""},
                                   {TextId{4}, false, false, "\xFF\n\x01"},
                                   {TextId{5}, false, false, "", true, false, 0, UINT64_MAX},
                                   {TextId{6}, true, false, "a", false, true, 1u << 30, 1}};
  EXPECT_EQ(decode_texts(encode(texts)), texts);
}

TEST(Tables, ProcessesComeBack) {
  const std::vector<Process> processes = {
      {1, "postgres: checkpointer"},
      {0xFFFFFFFF, ""},
      {7, "postgres: a", "psql", from_ns(-5'000'000'000), from_ns((1ll << 60) - 1)},
      {8, "", "\xFF", from_ns(0), std::nullopt},
      {9, "", "", std::nullopt, from_ns(0)},
      {10, "", "", std::nullopt, std::nullopt, ProcessWho{"walsender", "my db", "a: b", "[local]"}},
      {11, "", "", std::nullopt, std::nullopt, ProcessWho{}, "app", "postgres"},
      {12, "", "", std::nullopt, std::nullopt, std::nullopt, "", "postgres"}};
  EXPECT_EQ(decode_processes(encode(processes)), processes);
}

TEST(Tables, LossesComeBack) {
  const std::vector<Loss> losses = {{from_ns(5), from_ns((1ll << 60) - 1), "ring-full",
                                     FunctionId{2}, 0xFFFFFFFE, 18446744073709551615u},
                                    {from_ns(0), from_ns(0), "", std::nullopt, std::nullopt, 0},
                                    {from_ns(0), from_ns(1), "late", FunctionId{65535}, 0, 1}};
  EXPECT_EQ(decode_losses(encode(losses)), losses);
}

Account account(std::uint32_t function, std::initializer_list<int> short_ns) {
  Account one{FunctionId{function}, 10, 5, 3, {}};
  for (const int ns : short_ns)
    one.short_calls.add(Duration(ns));
  return one;
}

TEST(Tables, AccountsComeBack) {
  std::vector<Account> accounts = {account(0, {}),
                                   account(65535, {0, 1, 31, 32, 1000, 1000, 999'999})};
  accounts[0].fired = UINT64_MAX;
  EXPECT_EQ(decode_accounts(encode(accounts)), accounts);
}

TEST(Tables, AnAccountWithoutAHistogramIsRefused) {
  Bytes bytes = encode(std::vector<Account>{account(1, {})});
  ASSERT_TRUE(decode_accounts(bytes));
  bytes[1] -= 1;  // the row is a byte shorter
  bytes.pop_back();
  EXPECT_FALSE(decode_accounts(bytes));
}

TEST(Tables, AccountsOfAFunctionAddUp) {
  Account sum = account(1, {5, 700});
  sum.merge(account(1, {700}));
  EXPECT_EQ(sum.fired, 20u);
  EXPECT_EQ(sum.recorded, 10u);
  EXPECT_EQ(sum.filtered, 6u);
  EXPECT_EQ(sum.short_calls, account(1, {5, 700, 700}).short_calls);
}

TEST(Tables, WhatWasAddedToAHistogramCanBeTakenAway) {
  LogHistogram durations = account(1, {5, 700, 80'000}).short_calls;
  durations.merge(account(1, {700, 1}).short_calls);
  durations.subtract(account(1, {5, 700, 80'000}).short_calls);
  EXPECT_EQ(durations, account(1, {700, 1}).short_calls);
}

TEST(Tables, ClockSamplesComeBack) {
  const std::vector<ClockSample> samples = {
      {from_ns(0), 0}, {from_ns((1ll << 60) - 1), INT64_MAX}, {from_ns(5), INT64_MIN}};
  EXPECT_EQ(decode_clocks(encode(samples)), samples);
}

TEST(Tables, ClassesComeBack) {
  using Kind = ArgumentType::Kind;
  const std::vector<EventClass> classes = {
      {ClassId{0}, EventClass::Subject::kThread, "checkpoint", {}},
      {ClassId{4095}, EventClass::Subject::kExecution, "plan",
       std::vector<ArgumentType>(16, {"cost", Kind::kReal, "pages"})},
      {ClassId{1}, static_cast<EventClass::Subject>(9), "", {{"", static_cast<Kind>(200), ""}}}};
  EXPECT_EQ(decode_classes(encode(classes)), classes);
}

TEST(Tables, RefuseAClassWithMoreArgumentsThanTheBound) {
  const std::vector<EventClass> classes = {
      {ClassId{0}, {}, "c", std::vector<ArgumentType>(17, {"a", {}, ""})}};
  EXPECT_FALSE(decode_classes(encode(classes)));
}

TEST(Tables, RefuseAClassPastTheBound) {
  EXPECT_FALSE(decode_classes(encode(std::vector<EventClass>{{ClassId{4096}, {}, "c", {}}})));
}

TEST(Tables, EmptyOnesComeBack) {
  EXPECT_EQ(decode_losses(encode(std::vector<Loss>{})), std::vector<Loss>{});
}

TEST(Tables, PassOverWhatALaterVersionAppendedToARow) {
  const Bytes longer = {1, 11, 7, 2, 'a', 'b', 1, 'c', 2, 0, 5, 99, 98};
  EXPECT_EQ(decode_processes(longer),
            (std::vector<Process>{{7, "ab", "c", std::nullopt, from_ns(5)}}));
}

TEST(Tables, ReadARowOfAProcessOfAnEarlierVersion) {
  const Bytes shorter = {1, 4, 7, 2, 'a', 'b'};
  EXPECT_EQ(decode_processes(shorter), (std::vector<Process>{{7, "ab"}}));
}

// Flags 4 and 8 say what follows the fields of format 1.2.
TEST(Tables, ReadARowOfAProcessWithWhatItsFlagsSay) {
  const Bytes who = {1, 14, 7, 0, 0, 4, 0, 0, 1, 'w', 1, 'd', 1, 'u', 1, 'c'};
  EXPECT_EQ(decode_processes(who), (std::vector<Process>{{7, "", "", std::nullopt, std::nullopt,
                                                          ProcessWho{"w", "d", "u", "c"}}}));
  const Bytes users = {1, 10, 7, 0, 0, 8, 0, 0, 1, 'r', 1, 's'};
  EXPECT_EQ(
      decode_processes(users),
      (std::vector<Process>{{7, "", "", std::nullopt, std::nullopt, std::nullopt, "r", "s"}}));
  EXPECT_FALSE(decode_processes(Bytes{1, 8, 7, 0, 0, 8, 0, 0, 1, 'r'}));
}

TEST(Tables, ReadARowOfATextOfAnEarlierVersion) {
  const Bytes shorter = {1, 5, 7, 1, 2, 'a', 'b'};
  EXPECT_EQ(decode_texts(shorter), (std::vector<Text>{{TextId{7}, true, false, "ab"}}));
}

TEST(Tables, RefuseARowThatEndsInAFieldOfThisVersion) {
  EXPECT_TRUE(decode_texts(Bytes{1, 5, 7, 0, 0, 9, 9}));
  EXPECT_FALSE(decode_texts(Bytes{1, 4, 7, 0, 0, 9}));
  EXPECT_TRUE(decode_processes(Bytes{1, 6, 7, 0, 0, 0, 0, 0}));
  for (std::uint8_t bytes = 3; bytes < 6; ++bytes) {
    Bytes cut = {1, bytes, 7, 0, 0, 0, 0, 0};
    cut.resize(2u + bytes);
    EXPECT_FALSE(decode_processes(cut)) << int{bytes};
  }
}

TEST(Tables, RefuseNothingAtAll) {
  EXPECT_FALSE(decode_metadata({}));
}

TEST(Tables, RefuseMoreRowsThanBytes) {
  EXPECT_FALSE(decode_processes(Bytes{200, 1, 0}));
}

TEST(Tables, RefuseARowThatEndsBehindTheTable) {
  EXPECT_FALSE(decode_processes(Bytes{1, 9, 7, 2, 'a', 'b'}));
}

TEST(Tables, RefuseAStringThatEndsBehindItsRow) {
  EXPECT_FALSE(decode_processes(Bytes{1, 4, 7, 3, 'a', 'b', 'c'}));
}

TEST(Tables, RefuseAFunctionPastTheBound) {
  EXPECT_FALSE(
      decode_functions(encode(std::vector<Function>{{FunctionId{65536}, {}, "f", "", "", 0}})));
}

TEST(Tables, RefuseEveryTableCutShort) {
  const Bytes whole =
      encode(std::vector<Loss>{{from_ns(5), from_ns(6), "ring-full", FunctionId{2}, 3, 1}});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ASSERT_FALSE(decode_losses(ByteView(whole).first(n))) << n;
  }
}

TEST(Tables, SurviveRandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes(random() % 40);
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random() % 20);
    decode_metadata(bytes);
    decode_functions(bytes);
    decode_texts(bytes);
    decode_losses(bytes);
    decode_classes(bytes);
    decode_clocks(bytes);
    decode_processes(bytes);
  }
}

}  // namespace
}  // namespace pgrec
