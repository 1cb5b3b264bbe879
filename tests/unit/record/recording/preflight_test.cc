// Covers record/recording/preflight.h: what is said before recording begins, of real processes.
#include "record/recording/preflight.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "format/error.h"
#include "record/host/child_command.h"
#include "record/host/privileges.h"
#include "tests/unit/child_process.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

using test::ChildProcess;
using test::TemporaryDirectory;

// Whether `action` holds in a process without privileges.
bool holds_without_privileges(const std::function<bool()>& action) {
  ChildProcess child([&](ChildProcess&) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
    if (!action()) ::_exit(3);
  });
  return child.wait().status == 0;
}

std::string warning(const RecordingPlan& plan, const std::string& exec) {
  std::ostringstream out;
  warn_of_other_files(out, plan, {exec});
  return out.str();
}

std::string notes_text(std::size_t notes) {
  std::vector<std::string> all;
  for (std::size_t i = 1; i <= notes; ++i)
    all.push_back("note " + std::to_string(i));
  std::ostringstream out;
  print_notes(out, all);
  return out.str();
}

// A process that runs a file which is then replaced.
class ReplacedFile : public testing::Test {
 protected:
  ReplacedFile() {
    copy();
    process_.emplace(std::vector<std::string>{path_, "600"});
    std::filesystem::remove(path_);
    copy();
    plan_.files = {{{path_, path_}}};
  }
  ~ReplacedFile() override {
    ::kill(process_->pid(), SIGKILL);
    process_->wait();
  }
  void copy() { std::filesystem::copy_file("/bin/sleep", path_); }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("server");
  std::optional<ChildCommand> process_;
  RecordingPlan plan_;
};

TEST_F(ReplacedFile, IsToldOfWithAProcessThatStillRunsIt) {
  EXPECT_EQ(warning(plan_, path_),
            "pgrec: 1 process still runs an older " + path_ +
                ", which is not recorded\nhint: restart the server, or record what runs: -p " +
                std::to_string(process_->pid()) + "\n");
}

TEST_F(ReplacedFile, IsNoMatterWhereProcessesWereNamed) {
  plan_.pids = {static_cast<std::uint32_t>(::getpid())};
  EXPECT_EQ(warning(plan_, path_), "");
}

TEST_F(ReplacedFile, IsNoMatterWhereItIsWhatWillBeProbed) {
  plan_.files.front().binary.path = "/proc/" + std::to_string(process_->pid()) + "/exe";
  EXPECT_EQ(warning(plan_, path_), "");
}

TEST(WarnOfOtherFiles, SaysThatItIsNotKnownWhatAnothersProcessSees) {
  EXPECT_TRUE(holds_without_privileges([] {
    RecordingPlan plan;
    plan.pids = {1};
    return warning(plan, "/bin/server") ==
           "pgrec: which file process 1 sees at /bin/server is not known; " +
               missing_to_see_processes() +
               "\nhint: it is taken for the one seen from here, which is right unless the process "
               "runs in a container or a chroot\n";
  }));
}

TEST(WarnOfOtherFiles, SaysNothingOfABareName) {
  EXPECT_TRUE(holds_without_privileges([] {
    RecordingPlan plan;
    plan.pids = {1};
    return warning(plan, "server").empty();
  }));
}

TEST(CheckCanRecord, RefusesAProcessWithoutPrivileges) {
  EXPECT_TRUE(holds_without_privileges([] {
    try {
      check_can_record("sudo pgrec");
    } catch (const Error&) {
      return true;
    }
    return false;
  }));
}

TEST(PrintNotes, SaysAllOfAFew) {
  EXPECT_EQ(notes_text(2), "pgrec: note 1\npgrec: note 2\n");
  EXPECT_EQ(notes_text(10).find("more such"), std::string::npos);
}

TEST(PrintNotes, CountsThoseAfterTheTenth) {
  const std::string text = notes_text(12);
  EXPECT_NE(text.find("pgrec: note 10\n"), std::string::npos);
  EXPECT_EQ(text.find("note 11"), std::string::npos);
  EXPECT_NE(text.find("pgrec: and 2 more such functions, which pgrec list names\n"),
            std::string::npos);
}

std::vector<NotProbed> not_probed(std::size_t count) {
  std::vector<NotProbed> all;
  for (std::size_t i = 1; i <= count; ++i)
    all.push_back({"f" + std::to_string(i), "no such function"});
  return all;
}

TEST(PrintNotProbed, SaysTheFirstTenAndHowManyMore) {
  std::ostringstream few;
  print_not_probed(few, not_probed(2));
  EXPECT_EQ(few.str(),
            "pgrec: not probed: f1: no such function\npgrec: not probed: f2: no such function\n");
  std::ostringstream many;
  print_not_probed(many, not_probed(13));
  EXPECT_NE(many.str().find("f10: no such function\npgrec: not probed: and 3 more\n"),
            std::string::npos);
  EXPECT_EQ(many.str().find("f11"), std::string::npos);
}

TEST(PrintNotProbed, IsALineForEachWhateverIsInIt) {
  std::ostringstream out;
  print_not_probed(out, {{"f\npgrec: g", "no\nsuch function"}});
  EXPECT_EQ(out.str(), "pgrec: not probed: f\\npgrec: g: no\\nsuch function\n");
}

TEST(RequireAllProbed, RefusesAnythingThatIsNot) {
  require_all_probed({});
  try {
    require_all_probed(not_probed(2));
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "not everything can be probed: f1: no such function; f2: no such function");
    EXPECT_EQ(error.status(), kExitFailed);
  }
}

TEST(RequireAllProbed, PassesOverWhatIsRecordedUnderAnotherName) {
  std::vector<NotProbed> all = {{"f_alias", "it is the same code as f", true}};
  require_all_probed(all);
  all.push_back({"g", "no such function"});
  try {
    require_all_probed(all);
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "not everything can be probed: g: no such function");
  }
}

}  // namespace
}  // namespace pgrec
