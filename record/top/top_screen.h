// The screen of pgrec top as lines of text. Pure functions of a snapshot and a view.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "record/top/top_snapshot.h"

namespace pgrec {

enum class TopSort { kTime, kCount, kMean };

// The one that comes after it.
TopSort next(TopSort sort);

struct TopView {
  TopSort sort = TopSort::kTime;
  std::size_t columns = 0;  // characters that a line may have; 0: any number
  std::size_t rows = 0;     // lines that there may be; 0: a table has up to 20
  bool keys = false;        // whether there is somebody to press any
  bool paused = false;
};

// The lines without their ends, printable, each text on its line.
std::vector<std::string> top_lines(const TopSnapshot& snapshot, const TopView& view);

// `text`, which is UTF-8, in at most `columns` characters: what does not fit is cut with "...".
std::string cut_text(const std::string& text, std::size_t columns);

}  // namespace pgrec
