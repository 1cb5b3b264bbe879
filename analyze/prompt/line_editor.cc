#include "analyze/prompt/line_editor.h"

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analyze/prompt/interrupts.h"
#include "analyze/report/layout.h"

namespace pgrec {
namespace {

constexpr int kLinesKept = 1000;

volatile std::sig_atomic_t continued = 0;
volatile std::sig_atomic_t resized = 0;

void take_signal(int signal) {
  (signal == SIGCONT ? continued : resized) = 1;
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

// The words in as many columns as the terminal has room for.
std::string in_columns(const std::vector<std::string>& words, std::size_t width) {
  std::size_t widest = 0;
  for (const std::string& word : words)
    widest = std::max(widest, word.size());
  const std::size_t each = widest + 2;
  const std::size_t columns = std::max<std::size_t>(1, width / each);
  std::string lines;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_last = (i + 1) % columns == 0 || i + 1 == words.size();
    lines += words[i] + (is_last ? "\n" : std::string(each - words[i].size(), ' '));
  }
  return lines;
}

}  // namespace

struct LineEditor::State {
  struct EndEditing {
    void operator()(EditLine* editor) const { el_end(editor); }
  };
  struct EndHistory {
    void operator()(History* history) const { history_end(history); }
  };

  static State& of(EditLine* editor) {
    void* state = nullptr;
    el_get(editor, EL_CLIENTDATA, &state);
    return *static_cast<State*>(state);
  }
  static char* prompt_of(EditLine* editor) { return of(editor).prompt.data(); }
  static int next_character(EditLine* editor, wchar_t* character);
  static unsigned char complete_word(EditLine* editor, int key);
  bool wait_for_key() const;

  std::unique_ptr<History, EndHistory> history;
  std::unique_ptr<EditLine, EndEditing> editor;  // borrows the history
  std::optional<std::string> path;
  Complete complete;
  std::string prompt;
  struct sigaction before_continued {};
  struct sigaction before_resized {};
};

// Whether a key was pressed before Ctrl-C. Signals come only while it waits, so that none is missed
// between a look at their flags and the wait.
bool LineEditor::State::wait_for_key() const {
  sigset_t three, before;
  sigemptyset(&three);
  for (const int signal : {SIGINT, SIGCONT, SIGWINCH})
    sigaddset(&three, signal);
  ::pthread_sigmask(SIG_BLOCK, &three, &before);
  pollfd waits{STDIN_FILENO, POLLIN, 0};
  while (!Interrupts::came()) {
    if (std::exchange(continued, 0)) {  // a shell had the terminal
      el_set(editor.get(), EL_PREP_TERM, 0);
      el_set(editor.get(), EL_PREP_TERM, 1);
      el_set(editor.get(), EL_REFRESH);
    }
    if (std::exchange(resized, 0)) el_resize(editor.get());
    if (::ppoll(&waits, 1, nullptr, &before) > 0) break;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return !Interrupts::came();
}

int LineEditor::State::next_character(EditLine* editor, wchar_t* character) {
  constexpr wchar_t kNone = 0xFFFD;  // for bytes that are no character
  constexpr auto kUnfinished = static_cast<std::size_t>(-2);
  std::mbstate_t state{};
  for (;;) {
    char byte = 0;
    if (!of(editor).wait_for_key()) return -1;
    const ssize_t read = ::read(STDIN_FILENO, &byte, 1);
    if (read <= 0) return static_cast<int>(read);
    const std::size_t bytes = std::mbrtowc(character, &byte, 1, &state);
    if (bytes == kUnfinished) continue;
    if (bytes > 1) *character = kNone;
    return 1;
  }
}

unsigned char LineEditor::State::complete_word(EditLine* editor, int) {
  const LineInfo* const line = el_line(editor);
  const Completion completion =
      of(editor).complete({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
  if (completion.words.empty()) return CC_REFRESH_BEEP;
  if (completion.words.size() > 1 && completion.common.size() == completion.typed) {
    const std::string list =
        in_columns(completion.words, terminal_width(STDOUT_FILENO).value_or(kPipedWidth));
    std::fputs(("\n" + list).c_str(), stdout);
    return CC_REDISPLAY;
  }
  el_deletestr(editor, static_cast<int>(completion.typed));
  const std::string word =
      completion.words.size() == 1 ? completion.words[0] + " " : completion.common;
  return el_insertstr(editor, word.c_str()) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
}

std::optional<std::string> history_path() {
  constexpr const char* kFile = "/pgrec/sql_history";
  const std::string state = environment("XDG_STATE_HOME");
  if (state.starts_with('/')) return state + kFile;
  const std::string home = environment("HOME");
  if (home.starts_with('/')) return home + "/.local/state" + kFile;
  return std::nullopt;
}

LineEditor::LineEditor(std::optional<std::string> history, Complete complete)
    : state_(std::make_unique<State>()) {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  state_->path = std::move(history);
  state_->complete = std::move(complete);
  state_->history.reset(history_init());
  state_->editor.reset(el_init("pgrec", stdin, stdout, stderr));

  HistEvent event;
  ::history(state_->history.get(), &event, H_SETSIZE, kLinesKept);
  ::history(state_->history.get(), &event, H_SETUNIQUE, 1);
  if (state_->path) ::history(state_->history.get(), &event, H_LOAD, state_->path->c_str());

  EditLine* const editor = state_->editor.get();
  el_set(editor, EL_CLIENTDATA, state_.get());
  el_set(editor, EL_PROMPT, &State::prompt_of);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_HIST, &::history, state_->history.get());
  el_set(editor, EL_GETCFN, &State::next_character);
  el_set(editor, EL_ADDFN, "pgrec-complete", "completes a word", &State::complete_word);
  el_source(editor, nullptr);
  el_set(editor, EL_BIND, "^I", "pgrec-complete", nullptr);

  struct sigaction action {};
  action.sa_handler = take_signal;
  ::sigaction(SIGCONT, &action, &state_->before_continued);
  ::sigaction(SIGWINCH, &action, &state_->before_resized);
}

LineEditor::~LineEditor() {
  ::sigaction(SIGCONT, &state_->before_continued, nullptr);
  ::sigaction(SIGWINCH, &state_->before_resized, nullptr);
  if (!state_->path) return;
  const std::filesystem::path path(*state_->path);
  std::error_code failed;
  if (std::filesystem::create_directories(path.parent_path(), failed) && !failed) {
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, failed);
  }
  HistEvent event;
  ::history(state_->history.get(), &event, H_SAVE, path.c_str());
}

LineEditor::Line LineEditor::read(const std::string& prompt) {
  Interrupts::forget();
  state_->prompt = prompt;
  el_resize(state_->editor.get());
  int count = 0;
  const char* const text = el_gets(state_->editor.get(), &count);
  const bool is_whole = text && count > 0 && text[count - 1] == '\n';
  if (Interrupts::came() && !is_whole) {
    Interrupts::forget();
    std::fputs("^C\n", stdout);
    std::fflush(stdout);
    el_reset(state_->editor.get());
    return {Ended::kInterrupted, {}};
  }
  if (!text || count <= 0) return {Ended::kEnd, {}};
  std::string line(text, static_cast<std::size_t>(count));
  if (line.ends_with('\n')) line.pop_back();
  HistEvent event;
  if (line.find_first_not_of(" \t") != line.npos)
    ::history(state_->history.get(), &event, H_ENTER, line.c_str());
  return {Ended::kLine, std::move(line)};
}

}  // namespace pgrec
