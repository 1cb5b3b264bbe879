// Covers record/host/cpus.h: the kernel's lists of CPUs.
#include "record/host/cpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace pgrec {
namespace {

using Cpus = std::vector<std::uint32_t>;

Cpus parse(const std::string& list) {
  std::istringstream stream(list);
  return parse_cpu_list(stream);
}

TEST(CpuList, HasRangesAndSingleCpus) {
  EXPECT_EQ(parse("0\n"), (Cpus{0}));
  EXPECT_EQ(parse("0-3\n"), (Cpus{0, 1, 2, 3}));
  EXPECT_EQ(parse("0-1,4,6-7\n"), (Cpus{0, 1, 4, 6, 7}));
}

TEST(CpuList, HasNoneWhereItSaysNone) {
  EXPECT_EQ(parse("\n"), Cpus{});
  EXPECT_EQ(parse(""), Cpus{});
}

TEST(Cpus, ThatRunAreAmongThosePossible) {
  const Cpus possible = possible_cpus();
  const Cpus online = online_cpus();
  EXPECT_FALSE(online.empty());
  EXPECT_TRUE(std::includes(possible.begin(), possible.end(), online.begin(), online.end()));
}

}  // namespace
}  // namespace pgrec
