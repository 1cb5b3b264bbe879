// Covers format/frame/file.h, format/trace/trace_writer.h and format/trace/trace_reader.h where
// system calls fail, are short or are interrupted: every single one of a recording and of a
// reading. Linked with pwrite(), pread(), fdatasync() and ftruncate() wrapped.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

enum class SystemCall { kWrite, kRead, kSync, kTruncate };

enum class Fault {
  kNone,
  kError,           // it fails
  kShort,           // half is done
  kShortThenError,  // half is done, and the call that is made for the rest fails
  kInterrupted,
  kEnd,  // of a read: as if the file ended
};

// Which call goes wrong, and how. Counts the calls of its kind.
struct Plan {
  SystemCall call = SystemCall::kWrite;
  int number = 0;  // from 1
  Fault fault = Fault::kNone;
  int error = 0;
  bool truncate_fails = false;
  int made = 0;
} plan;

Fault fault_of(SystemCall call) {
  if (call != plan.call) return Fault::kNone;
  ++plan.made;
  if (plan.fault == Fault::kShortThenError && plan.made == plan.number + 1) return Fault::kError;
  return plan.made == plan.number ? plan.fault : Fault::kNone;
}

int fail(int error) {
  errno = error;
  return -1;
}

std::size_t half(std::size_t count) {
  return count > 1 ? count / 2 : count;
}

}  // namespace
}  // namespace pgrec

extern "C" {

ssize_t __real_pwrite(int fd, const void* data, std::size_t count, off_t offset);
ssize_t __real_pread(int fd, void* data, std::size_t count, off_t offset);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t bytes);

ssize_t __wrap_pwrite(int fd, const void* data, std::size_t count, off_t offset) {
  using pgrec::Fault;
  switch (pgrec::fault_of(pgrec::SystemCall::kWrite)) {
    case Fault::kError:
      return pgrec::fail(pgrec::plan.error);
    case Fault::kInterrupted:
      return pgrec::fail(EINTR);
    case Fault::kShort:
    case Fault::kShortThenError:
      return __real_pwrite(fd, data, pgrec::half(count), offset);
    default:
      return __real_pwrite(fd, data, count, offset);
  }
}

ssize_t __wrap_pread(int fd, void* data, std::size_t count, off_t offset) {
  using pgrec::Fault;
  switch (pgrec::fault_of(pgrec::SystemCall::kRead)) {
    case Fault::kError:
      return pgrec::fail(pgrec::plan.error);
    case Fault::kInterrupted:
      return pgrec::fail(EINTR);
    case Fault::kEnd:
      return 0;
    case Fault::kShort:
      return __real_pread(fd, data, pgrec::half(count), offset);
    default:
      return __real_pread(fd, data, count, offset);
  }
}

int __wrap_fdatasync(int fd) {
  using pgrec::Fault;
  const Fault fault = pgrec::fault_of(pgrec::SystemCall::kSync);
  if (fault == Fault::kNone) return __real_fdatasync(fd);
  return pgrec::fail(fault == Fault::kInterrupted ? EINTR : pgrec::plan.error);
}

int __wrap_ftruncate(int fd, off_t bytes) {
  if (pgrec::plan.truncate_fails) return pgrec::fail(EIO);
  return __real_ftruncate(fd, bytes);
}

}  // extern "C"

namespace pgrec {
namespace {

using test::error_of;

// A recording of several chunks with all tables, of which one system call goes wrong.
class FaultyRecording : public testing::TestWithParam<Sync> {
 protected:
  static constexpr int kChunks = 4;

  ~FaultyRecording() override { plan = {}; }

  // Records the same each time. `cuts_` and `closed_` say how far it came.
  void record(Sync sync) {
    cuts_ = 0;
    closed_ = false;
    test::RandomEvents random(3, 3);
    TraceWriter writer(
        File(::open(file_.path().c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
             file_.path()),
        sync);
    writer.write(Metadata{{"host.name", "db1"}});
    writer.write(test::random_classes());
    while (cuts_ < kChunks) {
      writer.text_id({{}, false, false, "SELECT " + std::to_string(cuts_)});
      for (const auto& stretch : random.next(5))
        test::append(writer, stretch);
      writer.cut();
      ++cuts_;
      if (cuts_ == 2) writer.write(std::vector<Loss>{random.next_loss()});
    }
    writer.write(std::vector<Process>{{100, "postgres: checkpointer"}});
    writer.close(from_ns(1ll << 58));
    closed_ = true;
  }
  // Records with `fault` in call number `number`; the Error, if there is one.
  std::string record_with(SystemCall call, int number, Fault fault, int error = 0,
                          bool truncate_fails = false) {
    plan = {call, number, fault, error, truncate_fails, 0};
    std::string said = error_of([&] { record(GetParam()); });
    plan.fault = Fault::kNone;
    plan.truncate_fails = false;
    return said;
  }
  // How many such calls a recording makes.
  int calls_of(SystemCall call) {
    record_with(call, 0, Fault::kNone);
    EXPECT_TRUE(closed_);
    return plan.made;
  }
  // What the file gives has the first `chunks` chunks of a recording without a fault, and no more.
  void check_chunks(std::size_t chunks) {
    const test::Readable found = test::read_all(file_.reader());
    ASSERT_EQ(found.chunks.size(), chunks);
    for (const auto& chunk : found.chunks)
      ASSERT_EQ(chunk.second, whole_.chunks.at(chunk.first));
    Summary sum;
    TraceReader trace = file_.reader();
    for (std::size_t i = 0; i < chunks; ++i)
      sum.merge(summaries_.at(i));
    ASSERT_EQ(test::without_losses(trace.summary()), test::without_losses(sum));
  }
  // The file is as it should be after `writes` whole writes, of which `chunks` were chunks.
  void check_file(int writes, std::size_t chunks) {
    if (writes >= 2) return check_chunks(chunks);
    const std::string refusal = error_of([&] { file_.reader(); });
    ASSERT_EQ(refusal.find("cannot read " + file_.path()), 0u) << refusal;
    ASSERT_NE(refusal.substr(refusal.size() - 3), " / ") << "no hint";
  }
  void record_undisturbed() {
    record_with(SystemCall::kWrite, 0, Fault::kNone);
    bytes_ = file_.bytes();
    whole_ = test::read_all(file_.reader());
    TraceReader trace = file_.reader();
    for (const ChunkRef& chunk : trace.chunks())
      summaries_.push_back(trace.summary_of(chunk).value());
    ASSERT_EQ(whole_.chunks.size(), static_cast<std::size_t>(kChunks));
  }
  void SetUp() override { record_undisturbed(); }

  test::TraceFile file_;
  int cuts_ = 0;
  bool closed_ = false;
  Bytes bytes_;           // of a recording without a fault
  test::Readable whole_;  // what it gives
  std::vector<Summary> summaries_;
};

TEST_P(FaultyRecording, WithAWriteThatFailsKeepsWhatWasWritten) {
  const int writes = calls_of(SystemCall::kWrite);
  ASSERT_GT(writes, 2 * kChunks + 4);
  for (const int error : {ENOSPC, EIO}) {
    for (int n = 1; n <= writes; ++n) {
      const std::string said = record_with(SystemCall::kWrite, n, Fault::kError, error);
      ASSERT_EQ(said, "cannot write " + file_.path() + ": " + reason_of(error) + " / ") << n;
      ASSERT_NO_FATAL_FAILURE(check_file(n - 1, static_cast<std::size_t>(cuts_))) << n;
    }
  }
}

TEST_P(FaultyRecording, WithAWriteThatStopsHalfwayKeepsWhatWasWritten) {
  for (const bool truncate_fails : {false, true}) {
    const int writes = calls_of(SystemCall::kWrite);
    for (int n = 1; n <= writes; ++n) {
      const std::string said =
          record_with(SystemCall::kWrite, n, Fault::kShortThenError, ENOSPC, truncate_fails);
      ASSERT_EQ(said, "cannot write " + file_.path() + ": No space left on device / ") << n;
      // Half of a chunk with its summary may have all of the chunk.
      const bool more = n > 2 && file_.reader().chunks().size() > static_cast<std::size_t>(cuts_);
      ASSERT_TRUE(truncate_fails || !more) << n;
      ASSERT_NO_FATAL_FAILURE(check_file(n - 1, static_cast<std::size_t>(cuts_ + more))) << n;
    }
  }
}

TEST_P(FaultyRecording, WithAShortWriteIsTheSame) {
  const int writes = calls_of(SystemCall::kWrite);
  for (int n = 1; n <= writes; ++n) {
    ASSERT_EQ(record_with(SystemCall::kWrite, n, Fault::kShort), "nothing thrown") << n;
    ASSERT_EQ(file_.bytes(), bytes_) << n;
  }
}

TEST_P(FaultyRecording, WithAnInterruptedWriteIsTheSame) {
  const int writes = calls_of(SystemCall::kWrite);
  for (int n = 1; n <= writes; ++n) {
    ASSERT_EQ(record_with(SystemCall::kWrite, n, Fault::kInterrupted), "nothing thrown") << n;
    ASSERT_EQ(file_.bytes(), bytes_) << n;
  }
}

TEST_P(FaultyRecording, SyncsAsOftenAsItsPolicySays) {
  EXPECT_EQ(calls_of(SystemCall::kSync), GetParam() == Sync::kOff ? 0 : kChunks + 1);
}

// The chunk that could not be synced was written.
TEST_P(FaultyRecording, WithASyncThatFailsKeepsWhatWasWritten) {
  const int syncs = calls_of(SystemCall::kSync);
  for (int n = 1; n <= syncs; ++n) {
    const std::string said = record_with(SystemCall::kSync, n, Fault::kError, EIO);
    ASSERT_EQ(said, "cannot write " + file_.path() + " to the disk: Input/output error / ") << n;
    ASSERT_NO_FATAL_FAILURE(check_chunks(static_cast<std::size_t>(std::min(n, kChunks)))) << n;
  }
}

TEST_P(FaultyRecording, WithAnInterruptedSyncIsTheSame) {
  const int syncs = calls_of(SystemCall::kSync);
  for (int n = 1; n <= syncs; ++n) {
    ASSERT_EQ(record_with(SystemCall::kSync, n, Fault::kInterrupted), "nothing thrown") << n;
    ASSERT_EQ(file_.bytes(), bytes_) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, FaultyRecording, testing::Values(Sync::kOff, Sync::kEveryChunk));

// A trace of which one read goes wrong.
class FaultyReading : public test::ReferenceTrace {
 protected:
  ~FaultyReading() override { plan = {}; }

  struct Found {
    std::string error;
    test::Readable readable;
    Summary summary;
    bool told = false;
  };
  Found read_with(int number, Fault fault, int error = 0) {
    plan = {SystemCall::kRead, number, fault, error, false, 0};
    Found found;
    found.error = error_of([&] {
      TraceReader trace = file_.reader();
      found.summary = trace.summary();
      for (const ChunkRef& chunk : trace.chunks())
        trace.summary_of(chunk);
      found.told = !trace.damages().empty() || !trace.closed();
      found.readable = test::read_all(std::move(trace));
    });
    plan.fault = Fault::kNone;
    return found;
  }
  // Calls check(number, result) for each read that goes wrong, of the whole trace and of one
  // without end.
  template <typename Check>
  void for_every_read(Fault fault, int error, Check check) {
    for (const bool closed : {true, false}) {
      if (!closed) cut_off_end();
      whole_ = read_with(0, Fault::kNone);
      const int reads = plan.made;
      ASSERT_GT(reads, 20);
      for (int n = 1; n <= reads; ++n)
        ASSERT_NO_FATAL_FAILURE(check(read_with(n, fault, error))) << "read " << n;
    }
  }
  void check_same(const Found& found) const {
    ASSERT_EQ(found.error, "nothing thrown");
    ASSERT_EQ(found.readable.chunks, whole_.readable.chunks);
    ASSERT_EQ(found.readable.texts, whole_.readable.texts);
    ASSERT_EQ(found.readable.losses, whole_.readable.losses);
    ASSERT_EQ(found.summary, whole_.summary);
  }

  Found whole_;
};

TEST_F(FaultyReading, ThatFailsIsAnErrorWithItsReason) {
  for_every_read(Fault::kError, EIO, [&](const Found& found) {
    ASSERT_EQ(found.error, "cannot read " + file_.path() + ": Input/output error / ");
  });
}

TEST_F(FaultyReading, ThatIsShortIsTheSame) {
  for_every_read(Fault::kShort, 0, [&](const Found& found) { check_same(found); });
}

TEST_F(FaultyReading, ThatIsInterruptedIsTheSame) {
  for_every_read(Fault::kInterrupted, 0, [&](const Found& found) { check_same(found); });
}

// As of a file that is cut while it is read.
TEST_F(FaultyReading, ThatEndsEarlyGivesNothingWrong) {
  for_every_read(Fault::kEnd, 0, [&](const Found& found) {
    if (found.error != "nothing thrown") return;
    for (const auto& chunk : found.readable.chunks)
      ASSERT_EQ(chunk.second, whole_.readable.chunks.at(chunk.first));
    ASSERT_TRUE(found.readable.told || found.readable.chunks == whole_.readable.chunks);
    ASSERT_TRUE(found.told || found.summary == whole_.summary);
  });
}

}  // namespace
}  // namespace pgrec
