// A terminal that shows one screen again and again, and reads single keys: raw escape codes and
// termios. What it changes is as it was when the object is gone, whatever made it go; nothing is
// left to do for a signal that ends the program in order.
#pragma once

#include <termios.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pgrec {

class Terminal {
 public:
  // Whether both are a terminal that can be written all over.
  static bool is_one(int in_fd, int out_fd);

  // Takes it over: a screen of its own, no cursor, keys come one by one and are not shown. Ctrl-C
  // is a signal as ever; Ctrl-Z and Ctrl-\ are none, because they would leave it as it is now. Both
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
  // As it is now; 80 by 24 where it does not tell.
  Size size() const;

  // The next key that was pressed, if one was; does not wait.
  std::optional<char> key();

  // Whether it was closed, as key() or show() found: nothing can be shown or pressed any more.
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
