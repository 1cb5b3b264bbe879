// Covers record/kernel/refusals.h: which of many probes are refused, found in how many tries.
#include "record/kernel/refusals.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace pgrec {
namespace {

using Probes = std::set<std::size_t>;

// A kernel that refuses some probes, and all that are to be attached with them.
class AttachByHalves : public testing::Test {
 protected:
  // Attaches so many but `refused`; the errno of each.
  std::vector<int> attach(std::size_t count, const Probes& refused, int error = EINVAL) {
    attached_.clear();
    tries_ = 0;
    return attach_by_halves(count, [&](std::size_t first, std::size_t last) {
      ++tries_;
      const auto found = refused.lower_bound(first);
      if (found != refused.end() && *found < last) return error;
      for (std::size_t probe = first; probe < last; ++probe)
        EXPECT_TRUE(attached_.insert(probe).second) << probe << " is attached twice";
      return 0;
    });
  }
  // That just `refused` are refused, and the others attached.
  void expect_refused(std::size_t count, const Probes& refused) {
    const std::vector<int> errors = attach(count, refused);
    ASSERT_EQ(errors.size(), count);
    for (std::size_t probe = 0; probe < count; ++probe) {
      EXPECT_EQ(errors[probe], refused.contains(probe) ? EINVAL : 0) << probe;
      EXPECT_NE(attached_.contains(probe), refused.contains(probe)) << probe;
    }
  }

  Probes attached_;
  std::size_t tries_ = 0;
};

TEST_F(AttachByHalves, TakesOneTryWhereNoneIsRefused) {
  expect_refused(300, {});
  EXPECT_EQ(tries_, 1u);
}

TEST_F(AttachByHalves, FindsTheOneOf300) {
  for (const std::size_t refused : {0u, 1u, 149u, 150u, 299u}) {
    expect_refused(300, {refused});
    EXPECT_LE(tries_, 1u + 2u * 9u);
  }
}

TEST_F(AttachByHalves, FindsTheFirstAndTheLast) {
  expect_refused(300, {0, 299});
}

TEST_F(AttachByHalves, FindsAllWhereAllAreRefused) {
  Probes all;
  for (std::size_t probe = 0; probe < 300; ++probe)
    all.insert(probe);
  expect_refused(300, all);
  EXPECT_EQ(tries_, 2u * 300u - 1u);
}

TEST_F(AttachByHalves, FindsAnyPairOfAFew) {
  for (std::size_t a = 0; a < 7; ++a) {
    for (std::size_t b = a; b < 7; ++b)
      expect_refused(7, {a, b});
  }
}

TEST_F(AttachByHalves, AttachesInOrder) {
  std::vector<std::size_t> firsts;
  attach_by_halves(8, [&](std::size_t first, std::size_t last) {
    if (first <= 2 && 2 < last) return EINVAL;
    firsts.push_back(first);
    return 0;
  });
  EXPECT_EQ(firsts, (std::vector<std::size_t>{0, 3, 4}));
}

TEST_F(AttachByHalves, GivesUpAtAnErrorThatIsNotOfOne) {
  EXPECT_EQ(attach(300, {7}, ENOMEM), std::vector<int>(300, ENOMEM));
  EXPECT_EQ(tries_, 1u);
  EXPECT_TRUE(attached_.empty());
}

TEST_F(AttachByHalves, TriesOtherHalvesWhereSuchAnErrorMetOne) {
  const auto errors = attach_by_halves(4, [](std::size_t first, std::size_t last) {
    return first == 0 ? (last == 4 ? EINVAL : ENOMEM) : 0;
  });
  EXPECT_EQ(errors, (std::vector<int>{ENOMEM, ENOMEM, 0, 0}));
}

TEST_F(AttachByHalves, TriesASingleOneOnce) {
  expect_refused(1, {0});
  EXPECT_EQ(tries_, 1u);
}

TEST_F(AttachByHalves, TriesNothingOfNone) {
  EXPECT_TRUE(attach(0, {}).empty());
  EXPECT_EQ(tries_, 0u);
}

TEST(RefusalReason, SaysWhatTheKernelCannotProbe) {
  constexpr int kNotSupported = 524;  // the kernel's ENOTSUPP
  EXPECT_EQ(refusal_reason(kNotSupported), "the kernel cannot probe its first instruction");
  EXPECT_EQ(refusal_reason(EINVAL), "the kernel refuses the probe: Invalid argument");
}

}  // namespace
}  // namespace pgrec
