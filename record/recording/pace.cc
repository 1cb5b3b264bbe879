#include "record/recording/pace.h"

#include <algorithm>

namespace pgrec {

void Pace::took_in(std::size_t events) {
  if (events > limits_.much) {
    pause_ms_ = std::max(pause_ms_ / limits_.hurry, 1);
  } else if (events < limits_.little) {
    pause_ms_ = std::min(pause_ms_ * 2, limits_.longest_ms);
  }
}

}  // namespace pgrec
