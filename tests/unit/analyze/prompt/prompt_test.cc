// Covers analyze/prompt/prompt.h, line_editor.h and interrupts.h, at a real terminal.
#include "analyze/prompt/prompt.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "analyze/prompt/interrupts.h"
#include "analyze/prompt/line_editor.h"
#include "format/error.h"
#include "tests/unit/child_process.h"
#include "tests/unit/relations.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

// A prompt at a terminal of its own, with its history below `state`.
class Person {
 public:
  explicit Person(const std::string& state)
      : own_(open_terminal()), child_([&](auto&) {
          const std::string terminal = ::ptsname(own_);
          ::setsid();
          const int fd = ::open(terminal.c_str(), O_RDWR);  // becomes its terminal
          for (const int standard : {0, 1, 2})
            ::dup2(fd, standard);
          ::setenv("XDG_STATE_HOME", state.c_str(), 1);
          ::setenv("TERM", "xterm", 1);
          ::setenv("HOME", state.c_str(), 1);
          Database database = test::empty_relations();
          run_prompt(database, OutputFormat::kText, {}, std::cout, std::cerr);
          std::cout << "the end" << std::endl;
        }) {
    wait_for("pgrec> ");
    wait_until_keys_are_read();
  }
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;
  ~Person() { ::close(own_); }

  void type(std::string_view keys) const {
    ASSERT_EQ(::write(own_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  // Reads on until the screen has had `text`; what came before it and it.
  std::string wait_for(std::string_view text) {
    std::string seen;
    for (char c = 0; seen.find(text) == seen.npos;) {
      pollfd waits{own_, POLLIN, 0};
      if (::poll(&waits, 1, 20'000) <= 0 || ::read(own_, &c, 1) != 1) {
        ADD_FAILURE() << "no '" << text << "' in: " << seen;
        break;
      }
      seen += c;
    }
    return seen;
  }
  // The prompt is there just before; Ctrl-C would drop what was typed in between.
  void wait_until_keys_are_read() const {
    termios terminal{};
    for (int i = 0; i < 20'000; ++i, ::usleep(1000)) {
      if (::tcgetattr(own_, &terminal) == 0 && !(terminal.c_lflag & ICANON)) return;
    }
    ADD_FAILURE() << "the terminal still takes lines";
  }
  int end() { return child_.wait().status; }

 private:
  static int open_terminal() {
    const int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::grantpt(fd);
    ::unlockpt(fd);
    const winsize size{24, 80, 0, 0};
    ::ioctl(fd, TIOCSWINSZ, &size);
    return fd;
  }

  int own_;
  test::ChildProcess child_;
};

class PromptTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  std::string state_ = directory_.file("state");
};

TEST_F(PromptTest, AnswersOverSeveralLinesUntilCtrlD) {
  Person person(state_);
  person.type("SELECT 40 + 1,\n");
  person.wait_for("   ...> ");
  person.type("1 + 1 AS two;\n");
  person.wait_for("40 + 1  two\r\n    41    2\r\n");
  person.wait_for("pgrec> ");
  person.type("\x04");
  person.wait_for("the end");
  EXPECT_EQ(person.end(), 0);
}

TEST_F(PromptTest, TellsAnErrorInALineAndGoesOn) {
  Person person(state_);
  person.type("SELECT nope;\n");
  person.wait_for("SQL: no such column: nope\r\n");
  person.wait_for("pgrec> ");
  person.type(".quit\n");
  person.wait_for("the end");
  EXPECT_EQ(person.end(), 0);
}

TEST_F(PromptTest, CompletesWords) {
  Person person(state_);
  person.type(".sch\t");
  person.wait_for("ema ");
  person.type("dam\t\n");
  person.wait_for("damages   reason\r\n");
  person.type(".ask slowest-\t");
  const std::string list = person.wait_for("slowest-statements\r\n");
  EXPECT_NE(list.find("slowest-executions  "), list.npos);
}

TEST_F(PromptTest, DropsTheLineAtCtrlC) {
  Person person(state_);
  person.type("SELECT 1,\n");
  person.wait_for("   ...> ");
  person.type("SELECT nothing\x03");
  person.wait_for("^C\r\n");
  person.wait_for("pgrec> ");
  person.type("SELECT 6 * 7 AS a;\n");
  person.wait_for(" a\r\n42\r\n");
}

TEST_F(PromptTest, EndsTheStatementAtCtrlC) {
  Person person(state_);
  // On one line of the terminal: where a line wraps is a line break, too, and Ctrl-C would drop
  // what is not read yet.
  person.type("WITH n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count() FROM n;\n");
  person.wait_for("\r\n");  // it runs, or is about to
  person.type("\x03");
  person.wait_for("interrupted\r\n");
  person.wait_for("pgrec> ");
  person.type(".quit\n");
  person.wait_for("the end");
  EXPECT_EQ(person.end(), 0);
}

TEST_F(PromptTest, KeepsItsHistoryForItsOwner) {
  {
    Person person(state_);
    person.type("SELECT 'once' AS a;\n");
    person.wait_for("once\r\n");
    person.wait_for("pgrec> ");
    person.type(".quit\n");
    person.wait_for("the end");
    EXPECT_EQ(person.end(), 0);
  }
  struct stat file {};
  ASSERT_EQ(::stat((state_ + "/pgrec/sql_history").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  Person person(state_);
  person.type("\x10\x10\n");  // Ctrl-P, as the up key
  person.wait_for("once\r\n");
}

TEST_F(PromptTest, GoesOnWhereItsHistoryCannotBeKept) {
  std::ofstream(state_) << "no directory";
  Person person(state_);
  person.type("SELECT 1 AS a;\n.quit\n");
  person.wait_for("the end");
  EXPECT_EQ(person.end(), 0);
}

TEST(HistoryPath, IsWhereStateIsKept) {
  const auto restored = [name = "XDG_STATE_HOME",
                         home = std::string(std::getenv("HOME") ? std::getenv("HOME") : "")] {
    ::unsetenv(name);
    ::setenv("HOME", home.c_str(), 1);
  };
  ::setenv("HOME", "/home/a", 1);
  ::setenv("XDG_STATE_HOME", "/s", 1);
  EXPECT_EQ(history_path(), "/s/pgrec/sql_history");
  ::setenv("XDG_STATE_HOME", "relative", 1);  // to be ignored, says its specification
  EXPECT_EQ(history_path(), "/home/a/.local/state/pgrec/sql_history");
  ::unsetenv("HOME");
  EXPECT_EQ(history_path(), std::nullopt);
  restored();
}

TEST(InterruptsTest, EndAStatementAndItsOutput) {
  Database database;
  const Interrupts interrupts(database);
  std::ostringstream all;
  OutputUntilInterrupt until_interrupt(all.rdbuf());
  std::ostream out(&until_interrupt);
  out << "before" << '.';
  ::raise(SIGINT);
  EXPECT_TRUE(Interrupts::came());
  out << "behind" << std::endl;
  EXPECT_FALSE(out);
  EXPECT_EQ(all.str(), "before.");
  Interrupts::forget();
  EXPECT_FALSE(Interrupts::came());
}

TEST(InterruptsTest, EndAStatementThatBeginsAfterThem) {
  constexpr const char* kEndless =
      "WITH n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count() FROM n";
  Database database;
  {
    const Interrupts interrupts(database);
    ::raise(SIGINT);
    EXPECT_THROW(database.execute(kEndless), Error);
    EXPECT_THROW(database.execute(kEndless), Error);
    Interrupts::forget();
    database.execute("SELECT 1");
    ::raise(SIGINT);
  }
  Interrupts::forget();
  database.execute(
      "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) SELECT * FROM n");
}

}  // namespace
}  // namespace pgrec
