// Covers record/host/machine_facts.h: what is read of /proc/cpuinfo.
#include "record/host/machine_facts.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

Metadata facts_of(const std::string& cpuinfo) {
  std::istringstream file(cpuinfo);
  return processor_facts(file);
}

TEST(ProcessorFacts, AreThoseOfTheFirstProcessor) {
  EXPECT_EQ(facts_of("processor\t: 0\nmodel name\t: AMD EPYC 9B14\nflags\t\t: fpu hypervisor lm\n\n"
                     "processor\t: 1\nmodel name\t: another\n"),
            (Metadata{{"host.cpu", "AMD EPYC 9B14"}, {"host.hypervisor", "yes"}}));
}

TEST(ProcessorFacts, SayNothingOfAHypervisorThatIsNotThere) {
  EXPECT_EQ(facts_of("model name\t: i7\nflags\t\t: fpu nohypervisor hypervisors\n"),
            (Metadata{{"host.cpu", "i7"}}));
}

TEST(ProcessorFacts, AreAbsentWhereTheKernelDoesNotTellThem) {
  EXPECT_EQ(facts_of(""), Metadata{});
  EXPECT_EQ(facts_of("processor\t: 0\nmodel\t\t: 17\nmodel name\t: \nflags\t\t:\n"), Metadata{});
}

}  // namespace
}  // namespace pgrec
