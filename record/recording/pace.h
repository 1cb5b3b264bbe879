// How long a loop waits between two rounds of draining the rings. The shorter the pause, the fewer
// events wait in the rings, and the more of them are still in a processor's cache. So a shorter
// pause follows a round that took in much, and a longer one a round that took in little.
#pragma once

#include <cstddef>

namespace pgrec {

class Pace {
 public:
  struct Limits {
    std::size_t little;  // a round of fewer events doubles the pause
    std::size_t much;    // a round of more events divides the pause by `hurry`
    int hurry;
    int longest_ms;
  };
  // Begins with the shortest pause, a millisecond.
  explicit Pace(const Limits& limits) : limits_(limits) {}

  int pause_ms() const { return pause_ms_; }
  // A round is over that took in so many events.
  void took_in(std::size_t events);

 private:
  Limits limits_;
  int pause_ms_ = 1;
};

// For a loop that takes in each event of the probes, 32 bytes of a ring: 4,096 are 128 KiB.
constexpr Pace::Limits kPaceOfEvents{1024, 4096, 2, 20};

}  // namespace pgrec
