#include "analyze/report/bars.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pgrec {
namespace {

constexpr std::size_t kEighths = 8;
constexpr const char* kFull = "█";
constexpr std::array<const char*, kEighths + 1> kHeights = {" ", "▁", "▂", "▃", "▄",
                                                            "▅", "▆", "▇", "█"};
constexpr std::array<const char*, kEighths> kLengths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

}  // namespace

std::string sparkline(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, value);
  }
  std::string line;
  for (const double value : values) {
    std::size_t height = 0;
    if (value > 0) {
      const double share = std::isfinite(value) ? value / largest : 1;
      height = std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(share * kEighths)), 1,
                                       kEighths);
    }
    line += kHeights[height];
  }
  return line;
}

std::string bar(double share, std::size_t width) {
  if (!(share > 0)) return {};
  const double eighths = std::min(share, 1.0) * static_cast<double>(width * kEighths);
  const std::size_t length = std::max<std::size_t>(static_cast<std::size_t>(std::lround(eighths)),
                                                   std::min<std::size_t>(width, 1));
  std::string line;
  for (std::size_t i = 0; i < length / kEighths; ++i)
    line += kFull;
  return line + kLengths[length % kEighths];
}

}  // namespace pgrec
