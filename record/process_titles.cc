#include "record/process_titles.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "record/descriptor.h"

namespace pgrec {
namespace {

constexpr std::string_view kTitleStart = "postgres: ";
constexpr int kMostLooks = 50;  // one every 20 ms, for about a second

constexpr std::size_t kTitleBytes = 1024;

// The beginning of the process's command line, its arguments joined by spaces; nothing when the
// process is gone, also when it goes while it is asked.
std::optional<std::string> command_line(std::uint32_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/cmdline";
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(kTitleBytes, '\0');
  const ssize_t length = file.is_open() ? ::read(file.get(), text.data(), text.size()) : -1;
  if (length < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(length));
  for (char& c : text)
    c = c == '\0' ? ' ' : c;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

void ProcessTitles::look_up() {
  std::erase_if(unsettled_, [this](std::uint32_t pid) {
    Found& found = processes_[pid];
    const auto title = command_line(pid);
    if (title && !title->empty()) found.title = *title;
    const bool is_title = found.title.compare(0, kTitleStart.size(), kTitleStart) == 0;
    found.settled = is_title || !title || ++found.looks == kMostLooks;
    return found.settled;
  });
}

std::vector<Process> ProcessTitles::take(bool all) {
  std::vector<Process> taken;
  for (auto& [pid, found] : processes_) {
    if (!found.in_part || found.taken || !(found.settled || all)) continue;
    found.taken = true;
    taken.push_back({pid, found.title});
  }
  return taken;
}

void ProcessTitles::begin_part() {
  last_ = 0;
  // One that was not in this part either and is gone will hardly come again.
  std::erase_if(processes_, [](const auto& process) {
    const auto& [pid, found] = process;
    if (found.seen || !found.settled) return false;
    return ::access(("/proc/" + std::to_string(pid)).c_str(), F_OK) != 0;
  });
  for (auto& [pid, found] : processes_)
    found.seen = found.in_part = found.taken = false;
}

}  // namespace pgrec
