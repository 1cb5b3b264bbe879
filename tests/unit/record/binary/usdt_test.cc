// Covers record/binary/usdt.h: USDT probes by name, with all their sites.
#include "record/binary/usdt.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

class UsdtProbes : public testing::Test {
 protected:
  UsdtProbes() {
    image_.usdt_sites = {{"libc", "setjmp", 10},
                         {"postgresql", "lwlock__acquire", 20},
                         {"postgresql", "lwlock__acquire", 30},
                         {"postgresql", "query__start", 40},
                         {"postgresql", "sort__start", 50}};
  }
  Names matching_names(const std::string& pattern) const {
    Names names;
    for (const UsdtProbe& probe : matching(usdt_probes(image_), pattern))
      names.push_back(probe.name);
    return names;
  }
  std::string why(const std::string& pattern) const {
    return why_missing(usdt_probes(image_), pattern);
  }

  ElfImage image_;
};

TEST_F(UsdtProbes, AreAskedForByTheirPrefix) {
  EXPECT_TRUE(is_usdt("usdt:query__start"));
  EXPECT_FALSE(is_usdt("query__start"));
  EXPECT_FALSE(is_usdt("usdt"));
}

TEST_F(UsdtProbes, HaveAllSitesOfTheirName) {
  const auto probes = usdt_probes(image_);
  ASSERT_EQ(probes.size(), 4u);
  EXPECT_EQ(probes[0].name, "usdt:lwlock__acquire");
  ASSERT_EQ(probes[0].sites.size(), 2u);
  EXPECT_EQ(probes[0].sites[1].address, 30u);
}

TEST_F(UsdtProbes, AreFoundWithAndWithoutTheirProvider) {
  EXPECT_EQ(matching_names("usdt:query__start"), Names{"usdt:query__start"});
  EXPECT_EQ(matching_names("usdt:postgresql:query__start"), Names{"usdt:query__start"});
  EXPECT_EQ(matching_names("usdt:libc:query__start"), Names{});
  EXPECT_EQ(matching_names("usdt:query"), Names{});
}

TEST_F(UsdtProbes, AreFoundByGlobs) {
  EXPECT_EQ(matching_names("usdt:*__start"), (Names{"usdt:query__start", "usdt:sort__start"}));
  EXPECT_EQ(matching_names("usdt:libc:*"), Names{"usdt:setjmp"});
}

TEST_F(UsdtProbes, OfOneNameFromTwoProvidersAreTwo) {
  image_.usdt_sites.push_back({"zlib", "setjmp", 60});
  EXPECT_EQ(matching_names("usdt:setjmp"), (Names{"usdt:libc:setjmp", "usdt:zlib:setjmp"}));
  EXPECT_EQ(matching_names("usdt:zlib:setjmp"), Names{"usdt:zlib:setjmp"});
}

TEST_F(UsdtProbes, ThatAreNotThereHaveANearestName) {
  EXPECT_EQ(why("usdt:querystart"), "no such USDT probe; nearest: usdt:query__start");
  EXPECT_EQ(why("usdt:nothing_like_it"), "no such USDT probe");
  EXPECT_EQ(why("usdt:x*"), "no USDT probe matches");
  image_.usdt_sites.clear();
  EXPECT_EQ(why("usdt:query__start"), "this binary has no USDT probes");
}

}  // namespace
}  // namespace pgrec
