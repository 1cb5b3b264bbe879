// Where pgrec top shows its snapshots: on a terminal that it has for itself, or as blocks of lines
// on stdout. Follows the keys.
#pragma once

#include <optional>

#include "record/host/terminal.h"
#include "record/top/top_screen.h"
#include "record/top/top_snapshot.h"

namespace pgrec {

class TopDisplay {
 public:
  // `terminal`: stdin and stdout are one, which it takes for itself until end().
  explicit TopDisplay(bool terminal);

  // Shows another interval that has ended; while paused, nothing.
  void show(const TopSnapshot& snapshot);
  // Does what the keys say that were pressed, and draws again where the size has changed. Whether
  // to end: a key says so, or nobody looks any more.
  bool follow();
  // Gives the terminal back, with what it showed last.
  void end();

  bool on_terminal() const { return terminal_.has_value(); }
  // The descriptor that becomes readable with a key; -1 where there are none.
  int fd() const;

 private:
  void draw();
  void print();

  std::optional<Terminal> terminal_;
  Terminal::Size size_;
  TopView view_;
  std::optional<TopSnapshot> shown_;
  bool printed_ = false;
};

}  // namespace pgrec
