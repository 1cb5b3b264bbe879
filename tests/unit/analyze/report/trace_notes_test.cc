// Covers analyze/report/trace_notes.h: what stderr and the exit status say of a trace that is less
// than whole.
#include "analyze/report/trace_notes.h"

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

// What is written to std::cerr, as long as it lives.
class CollectedErrors {
 public:
  CollectedErrors() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  CollectedErrors(const CollectedErrors&) = delete;
  CollectedErrors& operator=(const CollectedErrors&) = delete;
  ~CollectedErrors() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

class TraceNotes : public testing::Test {
 protected:
  TraceNotes() {
    writer_->write(
        std::vector<Function>{{FunctionId{2}, Function::Role::kCalls, "palloc", "/p", "", 1}});
  }
  void call(std::int64_t from, std::int64_t to) {
    Event events[2];
    events[0].ts = from_ns(from);
    events[1].kind = EventKind::kReturned;
    events[1].ts = from_ns(to);
    writer_->append({7, 7}, events);
    writer_->cut();
  }
  void close() {
    writer_->close(from_ns(5'000));
    writer_.reset();
  }
  // Of the trace's notes, without its name.
  std::string notes() {
    CollectedErrors errors;
    status_ = warn_if_not_whole(file_.reader());
    std::string text = errors.text();
    for (std::size_t at = text.find(file_.path()); at != std::string::npos;
         at = text.find(file_.path()))
      text.replace(at, file_.path().size(), "T");
    return text;
  }

  test::TraceFile file_;
  std::optional<TraceWriter> writer_ = file_.writer();
  ExitStatus status_ = kExitDone;
};

TEST_F(TraceNotes, AreNoneOfAWholeTrace) {
  call(100, 200);
  close();
  EXPECT_EQ(notes(), "");
  EXPECT_EQ(status_, kExitDone);
}

TEST_F(TraceNotes, SayWhereATraceEndsThatWasNotClosed) {
  call(100, 2'500);
  writer_.reset();
  EXPECT_EQ(notes(),
            "pgrec: T was not closed: its recorder was killed, or the file was cut; it ends at "
            "2.50 us\n");
  EXPECT_EQ(status_, kExitDamaged);
}

TEST_F(TraceNotes, SayHowManyBytesAreDamagedAndWhereTheFirstAre) {
  call(100, 200);
  close();
  const std::uint64_t bytes = file_.size_bytes();
  file_.append(Bytes(1234));
  EXPECT_EQ(notes(), "pgrec: T is damaged: 1,234 bytes are not readable, the first at offset " +
                         std::to_string(bytes) +
                         " (bytes after the end of the trace); what they held is missing here\n");
  EXPECT_EQ(status_, kExitDamaged);
}

TEST_F(TraceNotes, NameTheCausesOfLossesOnce) {
  writer_->write(std::vector<Loss>{{from_ns(1), from_ns(2), "ring-full", FunctionId{2}, 0, 1000},
                                   {from_ns(1), from_ns(2), "map-full", {}, {}, 1},
                                   {from_ns(2), from_ns(3), "ring-full", {}, 1, 1},
                                   {from_ns(2), from_ns(3), "unlucky", {}, {}, 0}});
  close();
  EXPECT_EQ(notes(), "pgrec: T: 1,002 events were lost while recording (map-full, ring-full)\n");
  EXPECT_EQ(status_, kExitDone);
}

TEST_F(TraceNotes, SayWhatWasFilteredWhereThatWasAskedFor) {
  Account account;
  account.filtered = 2000;
  account.short_calls.add_row(5, 1);
  writer_->write(std::vector<Account>{account});
  close();
  EXPECT_EQ(notes(), "");
  writer_.emplace(file_.writer());
  writer_->write(Metadata{{"record.min_duration_ns", "1000"}});
  writer_->write(std::vector<Account>{account, account});
  close();
  EXPECT_EQ(notes(),
            "pgrec: T: 4,000 events were filtered while recording, as was asked for; among them "
            "are 2 short calls, which are counted in calls, times, percentiles and histograms of "
            "functions, and are nowhere else\n");
  EXPECT_EQ(status_, kExitDone);
}

TEST_F(TraceNotes, NameFunctionsThatWereTakenOffInTheOrderOfTheirIds) {
  writer_->write(Metadata{{"record.throttled.10", "from 3 s on"},
                          {"record.throttled.2", "from 1 s on"},
                          {"record.throttled.2", "from 2 s on"}});
  close();
  EXPECT_EQ(notes(),
            "pgrec: T: palloc was not recorded any more from 2 s on: they were taken off "
            "(--max-overhead)\n"
            "pgrec: T: function 10 was not recorded any more from 3 s on: they were taken off "
            "(--max-overhead)\n");
}

TEST_F(TraceNotes, SayThatThereWasNoMemoryForTexts) {
  writer_->write(Metadata{{"record.without_memory", "3"}});
  close();
  EXPECT_EQ(notes(),
            "pgrec: T: 3 times there was no memory for a query's text while recording: it is not "
            "taken apart, or not readable\n");
  EXPECT_EQ(status_, kExitDone);
}

TEST_F(TraceNotes, AreATableOfPlainNumbers) {
  close();
  file_.append(Bytes(8));
  const TraceReader trace = file_.reader();
  const Table all = trace_table(trace);
  EXPECT_EQ(all.rows, (std::vector<std::vector<SqlValue>>{
                          {file_.path(), std::int64_t{1}, std::int64_t{8}, std::int64_t{0}}}));
  EXPECT_EQ(damages_table(trace).rows.size(), 1u);
}

}  // namespace
}  // namespace pgrec
