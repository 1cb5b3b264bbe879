#include "record/top/top_display.h"

#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

namespace pgrec {

TopDisplay::TopDisplay(bool terminal) {
  if (terminal) terminal_.emplace(STDIN_FILENO, STDOUT_FILENO);
}

int TopDisplay::fd() const {
  return terminal_ ? STDIN_FILENO : -1;
}

void TopDisplay::show(const TopSnapshot& snapshot) {
  if (view_.paused) return;
  shown_ = snapshot;
  if (terminal_) return draw();
  if (printed_) std::cout << "\n";
  print();
}

bool TopDisplay::follow() {
  if (!terminal_) return !std::cout;
  bool changed = terminal_->size() != size_;
  while (const auto key = terminal_->key()) {
    if (*key == 'q') return true;
    if (*key == 's') view_.sort = next(view_.sort);
    if (*key == 'p') view_.paused = !view_.paused;
    changed = true;
  }
  if (changed) draw();
  return terminal_->is_gone();
}

void TopDisplay::end() {
  if (!terminal_) return;
  const bool seen = shown_ && !terminal_->is_gone();
  terminal_.reset();
  if (seen) print();
}

void TopDisplay::draw() {
  size_ = terminal_->size();
  TopView view = view_;
  view.columns = size_.columns;
  view.rows = size_.rows;
  view.keys = true;
  terminal_->show(
      shown_ ? top_lines(*shown_, view)
             : std::vector<std::string>{"waiting for the end of the first interval", "q quit"});
}

void TopDisplay::print() {
  TopView view;
  view.sort = view_.sort;
  for (const std::string& line : top_lines(*shown_, view))
    std::cout << line << "\n";
  std::cout.flush();
  printed_ = true;
}

}  // namespace pgrec
