// Covers record/recording/parts.h: the files of a recording, when one is full, and what is left of
// them when something fails.
#include "record/recording/parts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <tuple>

#include "format/error.h"
#include "format/trace/trace_reader.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

using test::TemporaryDirectory;
using test::write_file;

constexpr ThreadKey kThreadOfParts{7, 7};

class PartsTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.file(name); }

  void start(const Rotation& rotation, bool force = false) {
    parts_.emplace(path("t.pgt"), force, Sync::kOff, rotation);
    parts_->begin({1000, 5000}, [](const Moment& beginning) {
      return Parts::Preamble{{{"recorded.at_ns", std::to_string(beginning.realtime_ns)}},
                             {{FunctionId{0}, Function::Role::kCalls, "work", "/p", "", 0}}};
    });
    parts_->put_in_place();
  }
  // So many calls, the first of which begins at `ns`.
  void call(std::size_t calls, std::int64_t ns = 0) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < calls; ++i) {
      events.push_back({EventKind::kEnter, FunctionId{0}, TextId{}, from_ns(ns += 40)});
      events.push_back({EventKind::kReturned, FunctionId{0}, TextId{}, from_ns(ns += 7)});
    }
    parts_->writer().append(kThreadOfParts, events);
  }
  void go_on() {
    parts_->prepare_next({2000, 6000});
    parts_->go_on(from_ns(1000));
  }
  // The names in the directory, in order.
  std::string files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    std::string all;
    for (const std::string& name : names)
      all += (all.empty() ? "" : " ") + name;
    return all;
  }
  std::string fact(const std::string& name, const std::string& key) const {
    const TraceReader trace(path(name));
    std::string value = "none";
    for (const auto& [known, text] : trace.metadata()) {
      if (known == key) value = text;
    }
    return value;
  }
  std::uint64_t calls(const std::string& name) const {
    const TraceReader trace(path(name));
    std::uint64_t sum = 0;
    for (const ChunkRef& chunk : trace.chunks())
      sum += chunk.header.calls;
    return sum;
  }
  static Rotation rotation(std::uint64_t keep = 0) {
    Rotation rotation;
    rotation.goes_on = true;
    rotation.part_bytes = 64u << 10;
    if (keep > 0) rotation.keep = keep;
    return rotation;
  }

  TemporaryDirectory directory_;
  std::optional<Parts> parts_;
};

TEST_F(PartsTest, EachIsAWholeTraceOfItsOwn) {
  start(rotation());
  call(10);
  go_on();
  call(5);
  parts_->close(from_ns(900));
  for (const auto& [name, expected, part] :
       {std::tuple("t.pgt", 10u, "1"), std::tuple("t.2.pgt", 5u, "2")}) {
    const TraceReader trace(path(name));
    EXPECT_TRUE(trace.closed()) << name;
    EXPECT_EQ(trace.functions().size(), 1u) << name;
    EXPECT_EQ(calls(name), expected) << name;
    EXPECT_EQ(fact(name, "record.part"), part);
    EXPECT_EQ(fact(name, "record.began_at_ns"), "5000");
  }
  EXPECT_EQ(fact("t.2.pgt", "recorded.at_ns"), "6000");
}

TEST_F(PartsTest, WritesRowsAndNoTableWithoutAny) {
  start({});
  const std::uint64_t before = parts_->writer().size_bytes();
  parts_->write({});
  EXPECT_EQ(parts_->writer().size_bytes(), before);
  PartRows rows;
  rows.losses = {{from_ns(1), from_ns(2), "ring-full", FunctionId{0}, 3, 4}};
  rows.accounts = {{FunctionId{0}, 4, 0, 0, {}}};
  rows.clocks = {{from_ns(5), 5005}};
  rows.facts = {{"record.ended_by", "a test"}};
  rows.processes = {{7, "postgres: walwriter"}};
  parts_->write(rows);
  parts_->close(from_ns(900));
  const TraceReader trace(path("t.pgt"));
  EXPECT_EQ(trace.losses(), rows.losses);
  EXPECT_EQ(trace.accounts().at(FunctionId{0}), rows.accounts.front());
  EXPECT_EQ(trace.clocks(), rows.clocks);
  EXPECT_EQ(trace.processes(), rows.processes);
  EXPECT_EQ(fact("t.pgt", "record.ended_by"), "a test");
}

TEST_F(PartsTest, OneThatIsNoRotationHasNoNumber) {
  start({});
  parts_->close(from_ns(900));
  EXPECT_EQ(fact("t.pgt", "record.part"), "none");
}

TEST_F(PartsTest, AddsUpWhatAllHave) {
  start(rotation(1));
  call(10);
  go_on();
  call(5);
  parts_->close(from_ns(900));
  EXPECT_EQ(parts_->totals().calls, 15u);
  EXPECT_GT(parts_->totals().bytes, std::filesystem::file_size(path("t.2.pgt")));
}

TEST_F(PartsTest, IsFullAboutAtItsSize) {
  start(rotation());
  std::int64_t ns = 0;
  while (!parts_->is_full(from_ns(ns))) {
    call(1000, ns);
    ns += 100'000;
    ASSERT_LT(parts_->writer().size_bytes(), 128u << 10);
  }
  parts_->close(from_ns(ns));
  const auto bytes = std::filesystem::file_size(path("t.pgt"));
  EXPECT_GT(bytes, 56u << 10);
  EXPECT_LT(bytes, 72u << 10);
}

TEST_F(PartsTest, IsNotFullOfWhatWasBegunAgainOnly) {
  start(rotation());
  Text long_text;
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    long_text.text.resize(2000);
    for (char& c : long_text.text)
      c = static_cast<char>(random());  // what cannot be compressed
    const Event begin{EventKind::kExecutionBegin, FunctionId{}, parts_->writer().text_id(long_text),
                      from_ns(0)};
    parts_->writer().append(kThreadOfParts, {&begin, 1});
  }
  parts_->begun_again();
  EXPECT_FALSE(parts_->is_full(from_ns(1)));
  call(1, 10);
  EXPECT_TRUE(parts_->is_full(from_ns(100)));
}

TEST_F(PartsTest, IsFullAtItsAge) {
  Rotation hourly;
  hourly.goes_on = true;
  hourly.part_duration = std::chrono::hours(1);
  start(hourly);
  const std::int64_t hour = 3'600'000'000'000;
  EXPECT_FALSE(parts_->is_full(from_ns(-5)));
  EXPECT_FALSE(parts_->is_full(from_ns(hour - 1)));
  EXPECT_TRUE(parts_->is_full(from_ns(hour)));
}

TEST_F(PartsTest, KeepsTheNewest) {
  start(rotation(2));
  for (int part = 2; part <= 4; ++part)
    go_on();
  EXPECT_EQ(files(), "t.3.pgt t.4.pgt");
  EXPECT_EQ(parts_->removed(), 2u);
  const auto ended = parts_->take_ended();
  ASSERT_EQ(ended.size(), 3u);
  EXPECT_TRUE(ended[0].removed.empty());
  EXPECT_EQ(ended[1].removed, std::vector<std::string>{path("t.pgt")});
}

TEST_F(PartsTest, RemovesNoFileThatTookTheName) {
  start(rotation(1));
  ::unlink(path("t.pgt").c_str());
  write_file(path("t.pgt"), Bytes{'m', 'i', 'n', 'e'});
  go_on();
  EXPECT_EQ(files(), "t.2.pgt t.pgt");
  EXPECT_EQ(parts_->take_ended().front().not_removed, std::vector<std::string>{path("t.pgt")});
}

TEST_F(PartsTest, RefusesAPartThatExists) {
  write_file(path("t.3.pgt"), {});
  EXPECT_THROW(Parts(path("t.pgt"), false, Sync::kOff, rotation()), Error);
  EXPECT_EQ(files(), "t.3.pgt");
  EXPECT_NO_THROW(Parts(path("t.pgt"), true, Sync::kOff, rotation()));
  EXPECT_NO_THROW(Parts(path("t.pgt"), false, Sync::kOff, {}));
}

TEST_F(PartsTest, IsAsItWasWhenTheNextCannotBeMade) {
  start(rotation());
  call(3);
  write_file(path("t.2.pgt"), {});
  EXPECT_THROW(parts_->prepare_next({2000, 6000}), Error);
  call(4, 1000);
  parts_->close(from_ns(5000));
  EXPECT_EQ(calls("t.pgt"), 7u);
  EXPECT_EQ(files(), "t.2.pgt t.pgt");
}

TEST_F(PartsTest, MakesTheNextBeforeTheOldOneEnds) {
  start(rotation());
  call(3);
  parts_->writer().cut();
  parts_->prepare_next({2000, 6000});
  // What a kill would leave now.
  EXPECT_EQ(calls("t.pgt"), 3u);
  EXPECT_EQ(TraceReader(path("t.2.pgt")).functions().size(), 1u);
  parts_.reset();
  EXPECT_EQ(files(), "t.pgt");
}

}  // namespace
}  // namespace pgrec
