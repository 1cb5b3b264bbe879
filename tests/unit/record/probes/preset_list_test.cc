// Covers record/probes/preset_list.h: what the screen says of presets on any server, and of a
// server of one version that has none of the functions.
#include "record/probes/preset_list.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

class PresetListTest : public testing::Test {
 protected:
  static std::string printed(const PresetSubject* subject,
                             const std::optional<Duration>& call_cost = std::nullopt) {
    std::ostringstream out;
    print_presets(out, subject, call_cost);
    return out.str();
  }
  std::string printed_of(const std::string& version,
                         const std::optional<Duration>& call_cost = std::nullopt) {
    image_.server_version = version;
    const PresetSubject subject{"/bin/postgres", image_, code_};
    return printed(&subject, call_cost);
  }
  // The words of the line about `name` in the block of `preset`, with one blank between them; ""
  // where there is none.
  static std::string line(const std::string& text, const std::string& preset,
                          const std::string& name) {
    return line_behind(text, "\n\n" + preset + "\n", name);
  }
  static std::string line_of_preset(const std::string& text, const std::string& preset) {
    return line_behind(text, "\n\npreset ", preset);
  }

  ElfImage image_;
  const Code code_{};

 private:
  // The same of the block that begins so.
  static std::string line_behind(const std::string& text, const std::string& begin,
                                 const std::string& name) {
    std::istringstream lines(text.substr(text.find(begin) + 2));
    std::string one;
    std::getline(lines, one);
    while (std::getline(lines, one) && !one.empty()) {
      std::istringstream words(one);
      std::string first;
      words >> first;
      if (first != name) continue;
      for (std::string word; words >> word;)
        first += " " + word;
      return first;
    }
    return "";
  }
};

TEST_F(PresetListTest, SaysInWhichVersionsAFunctionIs) {
  const std::string text = printed(nullptr);
  EXPECT_EQ(text.find("TPC-B, -S    calls"), 0u);
  EXPECT_EQ(line(text, "io", "smgrread"), "smgrread up to 16 0.36 0.21 - - page");
  EXPECT_EQ(line(text, "io", "smgrreadv"), "smgrreadv 17 on 0.36 0.20 - - run of pages");
  EXPECT_EQ(line(text, "io", "smgrprefetch"), "smgrprefetch all - - - - page");
  EXPECT_EQ(line(text, "partition", "ExecInitPartitionPruning"),
            "ExecInitPartitionPruning 15 to 17 - - - - statement");
}

TEST_F(PresetListTest, HasOfAServerWhatItsVersionHas) {
  const std::string of_13 = printed_of("13.1");
  EXPECT_EQ(of_13.find("binary       /bin/postgres\nTPC-B, -S"), 0u);
  EXPECT_NE(of_13.find("on PostgreSQL 15; -:"), std::string::npos);
  EXPECT_EQ(line(of_13, "io", "smgrread"), "smgrread not in it 0.36 0.21 - - page");
  EXPECT_EQ(line(of_13, "io", "smgrreadv"), "");
  const std::string of_18 = printed_of("18beta1");
  EXPECT_NE(of_18.find("on PostgreSQL 17; -:"), std::string::npos);
  EXPECT_EQ(line(of_18, "io", "smgrread"), "");
  EXPECT_EQ(line(of_18, "io", "smgrreadv"), "smgrreadv not in it 0.36 0.20 - - run of pages");
}

// A call has two probes, a hit of a USDT probe is one.
TEST_F(PresetListTest, TakesAHitOfAUsdtProbeForHalfACall) {
  const std::string text = printed_of("17.0", std::chrono::microseconds(1));
  EXPECT_NE(text.find("of these at 1.00 us a call"), std::string::npos);
  EXPECT_EQ(line(text, "buffers", "usdt:buffer__read__done"),
            "usdt:buffer__read__done not in it 20 4.12 10.2 us 2.06 us page");
  EXPECT_EQ(line(text, "buffers", "RelationGetBufferForTuple"),
            "RelationGetBufferForTuple not in it 1.41 - 1.41 us - row version");
}

TEST_F(PresetListTest, SaysTheSameForPrograms) {
  const std::string anywhere = presets_json(nullptr, std::chrono::microseconds(1));
  EXPECT_EQ(anywhere.find("{\"binary\": null, \"call_cost_ns\": 1000, \"presets\": [{"), 0u);
  for (const char* const probe :
       {"{\"probe\": \"smgrread\", \"once_per\": \"page\", \"first_version\": null, "
        "\"last_version\": 16, \"calls\": {\"tpcb\": 0.36, \"select\": 0.21}, "
        "\"cost_ns\": {\"tpcb\": 360, \"select\": 210}}",
        "\"probe\": \"usdt:buffer__read__done\", \"once_per\": \"page\", \"first_version\": 17, "
        "\"last_version\": null, \"calls\": {\"tpcb\": 20.49, \"select\": 4.12}, "
        "\"cost_ns\": {\"tpcb\": 10245, \"select\": 2060}}",
        "\"calls\": {\"tpcb\": 0, \"select\": 0}, \"cost_ns\": {\"tpcb\": 0, \"select\": 0}, "
        "\"probes\": [{\"probe\": \"PartitionDirectoryLookup\""})
    EXPECT_NE(anywhere.find(probe), std::string::npos) << probe << " in\n" << anywhere;

  image_.server_version = "17.0";
  const PresetSubject subject{"/bin/postgres", image_, code_};
  const std::string of_17 = presets_json(&subject, std::nullopt);
  EXPECT_EQ(of_17.find("{\"binary\": \"/bin/postgres\", \"call_cost_ns\": null, "), 0u);
  EXPECT_EQ(of_17.find("smgrread\""), std::string::npos);
  EXPECT_NE(of_17.find("\"cost_ns\": null, \"verdict\": \"not in it\"}"), std::string::npos);
}

TEST_F(PresetListTest, SaysInWordsWhatCannotBeMeasured) {
  const std::string text = printed(nullptr);
  EXPECT_NE(text.find("cost         in words: it cannot be measured here; as root it can\n"),
            std::string::npos);
  EXPECT_EQ(line_of_preset(text, "partition").find("partition - - - - next to nothing "), 0u);
  EXPECT_EQ(line_of_preset(text, "memory").find("memory 45 10 - - some "), 0u);
}

}  // namespace
}  // namespace pgrec
