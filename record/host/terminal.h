// A terminal that shows one screen again and again, and reads single keys: raw escape codes and
// termios. The destructor puts back what was changed.
#pragma once

#include <termios.h>

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace pgrec {

// Goes back to the beginning of the line that the terminal behind `out` is on, and clears it.
void erase_line(std::ostream& out);

class Terminal {
 public:
  // Whether both descriptors are a terminal that takes escape codes.
  static bool is_one(int in_fd, int out_fd);

  // Takes the terminal over: a screen of its own, no cursor, keys come one by one and do not show.
  // Ctrl-C is a signal as ever. Ctrl-Z and Ctrl-\ are none: they would leave the terminal so. Both
  // descriptors must stay open.
  Terminal(int in_fd, int out_fd);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  struct Size {
    std::size_t columns = 0;
    std::size_t rows = 0;
    bool operator==(const Size&) const = default;
  };
  // Its size now, in characters; 80 by 24 where the terminal does not say.
  Size size() const;

  // The next key that was pressed, if any. Does not wait.
  std::optional<char> key();

  // Whether key() or show() found the terminal closed.
  bool is_gone() const { return gone_; }

  // Shows these lines and nothing else; those that are too long are cut at the edge.
  void show(const std::vector<std::string>& lines);

 private:
  void write(const std::string& bytes);

  int in_fd_;
  int out_fd_;
  termios before_{};
  bool gone_ = false;
};

}  // namespace pgrec
