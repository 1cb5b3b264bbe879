// Covers format/frame/output_file.h: when a file comes into its place, and what is refused.
#include "format/frame/output_file.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string_view>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

// A process that has marked a file as being written by it.
class Writer {
 public:
  explicit Writer(const std::string& path) {
    int ready[2];
    if (::pipe(ready) != 0) throw Error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      File file(::open(path.c_str(), O_RDWR), path);
      file.mark_written();
      ::close(ready[1]);
      ::pause();
      ::_exit(0);
    }
    ::close(ready[1]);
    char none = 0;
    while (::read(ready[0], &none, 1) > 0) {
    }
    ::close(ready[0]);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

class OutputFileTest : public testing::Test {
 protected:
  void make_existing(std::string_view text) {
    test::write_file(path_, Bytes(text.begin(), text.end()));
  }
  std::string content() const {
    const Bytes bytes = test::read_file(path_);
    return {bytes.begin(), bytes.end()};
  }
  bool exists() const { return std::filesystem::exists(path_); }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(directory_.path());
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  unsigned mode() const {
    return static_cast<unsigned>(std::filesystem::status(path_).permissions());
  }
  // "message / hint" of the Error.
  std::string error(bool force) const {
    try {
      OutputFile output(path_, force);
    } catch (const Error& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
    return "nothing thrown";
  }
  // Writes "new" into the file of `output`.
  static void write(OutputFile& output) { output.take().write(0, Bytes{'n', 'e', 'w'}); }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("run1.pgt");
};

TEST_F(OutputFileTest, IsNotInItsPlaceBeforeItIsPutThere) {
  OutputFile output(path_, false);
  write(output);
  EXPECT_FALSE(exists());
}

TEST_F(OutputFileTest, HoldsWhatWasWrittenWhenPutInPlace) {
  OutputFile output(path_, false);
  write(output);
  output.put_in_place();
  EXPECT_EQ(content(), "new");
}

TEST_F(OutputFileTest, TakesWritesAfterItWasPutInPlace) {
  OutputFile output(path_, false);
  File file = output.take();
  output.put_in_place();
  file.write(0, Bytes{'n', 'e', 'w'});
  EXPECT_EQ(content(), "new");
}

TEST_F(OutputFileTest, LeavesOneFileWhenPutInPlace) {
  { OutputFile(path_, false).put_in_place(); }
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, RemovesTheTemporaryFileWhenNotPutInPlace) {
  {
    OutputFile output(path_, false);
    write(output);
    EXPECT_EQ(files(), 1u);
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(OutputFileTest, IsReadableByItsOwnerOnly) {
  OutputFile(path_, false).put_in_place();
  EXPECT_EQ(mode(), 0600u);
}

TEST_F(OutputFileTest, IsReadableByItsOwnerOnlyWhereItReplacesOneThatAllCouldRead) {
  make_existing("old");
  std::filesystem::permissions(path_, std::filesystem::perms(0644));
  OutputFile(path_, true).put_in_place();
  EXPECT_EQ(mode(), 0600u);
}

TEST_F(OutputFileTest, RefusesAnExistingFile) {
  make_existing("old");
  EXPECT_EQ(error(false), "cannot write " + path_ +
                              ": it exists / name another file, or overwrite it with --force");
  EXPECT_EQ(content(), "old");
}

TEST_F(OutputFileTest, RefusesAFileThatAnotherProcessWrites) {
  make_existing("old");
  Writer writer(path_);
  for (const bool force : {false, true}) {
    EXPECT_EQ(error(force), "cannot write " + path_ + ": process " + std::to_string(writer.pid()) +
                                " is writing it / name another file, or end that recording first");
  }
  EXPECT_EQ(content(), "old");
}

TEST_F(OutputFileTest, RefusesAFileThatAnotherProcessBeganToWriteMeanwhile) {
  make_existing("old");
  OutputFile output(path_, true);
  write(output);
  Writer writer(path_);
  EXPECT_THROW(output.put_in_place(), Error);
  EXPECT_EQ(content(), "old");
}

TEST_F(OutputFileTest, RefusesAFileThatCameMeanwhile) {
  OutputFile output(path_, false);
  make_existing("old");
  EXPECT_THROW(output.put_in_place(), Error);
  EXPECT_EQ(content(), "old");
}

TEST_F(OutputFileTest, RemovesTheTemporaryFileWhenItsPlaceIsTaken) {
  {
    OutputFile output(path_, false);
    make_existing("old");
    EXPECT_THROW(output.put_in_place(), Error);
  }
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, WithForceLeavesTheExistingFileUntilPutInPlace) {
  make_existing("old");
  {
    OutputFile output(path_, true);
    write(output);
    EXPECT_EQ(content(), "old");
  }
  EXPECT_EQ(content(), "old");
}

TEST_F(OutputFileTest, WithForceReplacesTheExistingFileWhenPutInPlace) {
  make_existing("old");
  OutputFile output(path_, true);
  write(output);
  output.put_in_place();
  EXPECT_EQ(content(), "new");
  EXPECT_EQ(files(), 1u);
}

class NotARegularFile : public OutputFileTest, public testing::WithParamInterface<bool> {
 protected:
  void TearDown() override {
    EXPECT_EQ(error(GetParam()),
              "cannot write " + path_ +
                  ": it is not a regular file / name a file with -o; it is made anew");
    EXPECT_EQ(files(), 1u);
  }
};

TEST_P(NotARegularFile, Fifo) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
}

TEST_P(NotARegularFile, Directory) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
}

TEST_P(NotARegularFile, SymbolicLink) {
  std::filesystem::create_symlink("elsewhere", path_);
}

INSTANTIATE_TEST_SUITE_P(Force, NotARegularFile, testing::Bool());

TEST_F(OutputFileTest, SaysThatItsDirectoryIsMissing) {
  path_ = directory_.file("missing/run1.pgt");
  EXPECT_EQ(error(false),
            "cannot write " + path_ + ": No such file or directory / make its directory first");
}

}  // namespace
}  // namespace pgrec
