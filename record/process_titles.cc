#include "record/process_titles.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace pgrec {
namespace {

constexpr std::string_view kTitleStart = "postgres: ";
constexpr int kMostLooks = 50;  // at one a round, for about a second

// The process's command line, its arguments joined by spaces; nothing when the process is gone.
std::optional<std::string> command_line(std::uint32_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
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
    if (found.taken || !(found.settled || all)) continue;
    found.taken = true;
    taken.push_back({pid, found.title});
  }
  return taken;
}

}  // namespace pgrec
