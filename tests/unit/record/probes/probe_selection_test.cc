// Covers record/probes/probe_selection.h: names and globs against the functions of a binary.
#include "record/probes/probe_selection.h"

#include <gtest/gtest.h>

#include "format/error.h"

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

class SelectProbes : public testing::Test {
 protected:
  SelectProbes() {
    // heap_update and its alias are the same code; init stands twice, as file-local functions do.
    image_.functions = {{"heap_alias", 300},  {"heap_delete", 200},  {"heap_insert", 100},
                        {"heap_update", 300}, {"index_insert", 400}, {"init", 500},
                        {"init", 600}};
  }
  void select(const Names& lists) {
    std::vector<NamedFile> files = {{"postgres", image_}};
    if (with_library_) files.push_back({"plpgsql.so", library_});
    selection_ = select_probes(read_names(lists, "-f"), files);
  }
  Names names(std::size_t file = 0) const {
    Names all;
    for (const Symbol& symbol : selection_.files[file].functions)
      all.push_back(symbol.name);
    return all;
  }
  const std::vector<UsdtProbe>& points() const { return selection_.files[0].points; }
  // "name: reason" of each that is not probed.
  Names not_probed() const {
    Names all;
    for (const NotProbed& one : selection_.not_probed)
      all.push_back(one.name + ": " + one.reason);
    return all;
  }
  // "message / hint" of the Error.
  std::string error(const Names& patterns) {
    try {
      select(patterns);
    } catch (const Error& error) {
      status_ = error.status();
      return std::string(error.what()) + " / " + error.hint();
    }
    return "nothing thrown";
  }

  ElfImage image_;
  ElfImage library_;
  bool with_library_ = false;
  ProbeSelection selection_;
  ExitStatus status_ = kExitDone;
};

TEST_F(SelectProbes, TakesNames) {
  select({"heap_insert", "heap_delete"});
  EXPECT_EQ(names(), (Names{"heap_delete", "heap_insert"}));
  EXPECT_EQ(not_probed(), Names{});
}

TEST_F(SelectProbes, TakesUsdtProbesByTheirPrefix) {
  image_.usdt_sites = {{"postgresql", "query__done", 10}, {"postgresql", "query__start", 20}};
  select({"heap_insert", "usdt:query__*", "usdt:postgresql:query__done", "usdt:quer__start"});
  EXPECT_EQ(names(), Names{"heap_insert"});
  ASSERT_EQ(points().size(), 2u);
  EXPECT_EQ(points()[0].name, "usdt:query__done");
  EXPECT_EQ(not_probed(),
            Names{"usdt:quer__start: no such USDT probe; nearest: usdt:query__start"});
}

TEST_F(SelectProbes, TakesUsdtProbesAlone) {
  image_.usdt_sites = {{"postgresql", "query__done", 10}};
  select({"usdt:*"});
  EXPECT_EQ(names(), Names{});
  EXPECT_EQ(points().size(), 1u);
}

TEST_F(SelectProbes, LeavesOutFunctionsThatNeedTheirReturnAddress) {
  image_.functions = {
      {"_start", 50}, {"heap_insert", 100}, {"heap_insert.cold", 900}, {"setjmp", 700}};
  select({"*"});
  EXPECT_EQ(names(), Names{"heap_insert"});
  EXPECT_EQ(not_probed(), (Names{"_start: a return probe in it would break the program",
                                 "heap_insert.cold: a return probe in it would break the program",
                                 "setjmp: a return probe in it would break the program"}));
}

TEST_F(SelectProbes, TakesListsWithCommasAndBlanks) {
  select({" heap_insert , heap_delete", "index_insert"});
  EXPECT_EQ(names(), (Names{"heap_delete", "heap_insert", "index_insert"}));
}

TEST_F(SelectProbes, TakesGlobs) {
  select({"*_insert"});
  EXPECT_EQ(names(), (Names{"heap_insert", "index_insert"}));
}

TEST_F(SelectProbes, TakesQuestionMarksAndSets) {
  select({"heap_[di]????t"});
  EXPECT_EQ(names(), (Names{"heap_insert"}));
}

TEST_F(SelectProbes, TakesANameOnce) {
  select({"heap_insert", "heap_*t", "heap_insert"});
  EXPECT_EQ(names(), Names{"heap_insert"});
  EXPECT_EQ(not_probed(), Names{});
}

TEST_F(SelectProbes, TakesAllFunctionsOfOneName) {
  select({"init"});
  EXPECT_EQ(names(), (Names{"init", "init"}));
}

TEST_F(SelectProbes, TellsOfASecondNameForTheSameCode) {
  select({"heap_update", "heap_alias"});
  EXPECT_EQ(names(), Names{"heap_update"});
  EXPECT_EQ(not_probed(), Names{"heap_alias: it is the same code as heap_update"});
  EXPECT_TRUE(selection_.not_probed.front().same_code);
}

TEST_F(SelectProbes, TellsOfAMissingNameWithTheNearest) {
  select({"heap_insrt", "heap_insert"});
  EXPECT_EQ(not_probed(), Names{"heap_insrt: no such function; nearest: heap_insert"});
  EXPECT_FALSE(selection_.not_probed.front().same_code);
}

TEST_F(SelectProbes, TellsOfAMissingNameWithNoneNear) {
  select({"ExecutorRun", "heap_insert"});
  EXPECT_EQ(not_probed(), Names{"ExecutorRun: no such function"});
}

TEST_F(SelectProbes, TellsOfAGlobWithoutAMatch) {
  select({"bt*", "heap_insert"});
  EXPECT_EQ(not_probed(), Names{"bt*: no function matches"});
}

TEST_F(SelectProbes, RefusesWhereNoneIsLeft) {
  const std::string refusal = error({"nonsense", "bt*"});
  EXPECT_EQ(refusal.substr(0, refusal.find(" / ")),
            "nothing to record in postgres: nonsense: no such function; bt*: no function matches");
  EXPECT_EQ(status_, kExitFailed);
}

TEST_F(SelectProbes, RefusesAListWithoutNames) {
  EXPECT_EQ(error({" , "}), "-f names no function / name some: -f heap_insert,heap_update");
  EXPECT_EQ(status_, kExitUsage);
}

TEST_F(SelectProbes, RefusesABinaryWithoutFunctions) {
  image_.functions.clear();
  EXPECT_EQ(error({"f"}).find("cannot probe postgres: it names no functions / "), 0u);
}

TEST_F(SelectProbes, TakesAsManyAsTheBound) {
  image_.functions.clear();
  for (std::size_t i = 0; i < kMaxProbes; ++i)
    image_.functions.push_back({"f" + std::to_string(i), i});
  select({"*"});
  EXPECT_EQ(names().size(), kMaxProbes);
}

TEST_F(SelectProbes, RefusesMoreThanTheBound) {
  for (std::size_t i = 0; i <= kMaxProbes; ++i)
    image_.functions.push_back({"f" + std::to_string(i), 1000 + i});
  EXPECT_EQ(error({"f*"}).find("-f matches 1,001 functions of postgres, more than 1,000 / "), 0u);
}

TEST_F(SelectProbes, SayWhereANameThatIsMissingComesFrom) {
  const NameList patterns = {{"heap_insert", "heap_inser", "usdt:x"},
                             {{"heap_inser", "lists/heap:3"}, {"usdt:x", "lists/heap:4"}}};
  const auto found = select_probes(patterns, {{"postgres", image_}});
  ASSERT_EQ(found.not_probed.size(), 2u);
  EXPECT_EQ(found.not_probed[0].reason, "no such function; nearest: heap_insert (lists/heap:3)");
  EXPECT_TRUE(found.not_probed[1].reason.ends_with(" (lists/heap:4)"));
}

TEST(ProbesText, SaysHowManyOfWhat) {
  EXPECT_EQ(probes_text(1, 2), "1 function and 2 USDT probes");
  EXPECT_EQ(probes_text(2, 0), "2 functions");
  EXPECT_EQ(probes_text(0, 1), "1 USDT probe");
}

// A server and a library.
class SelectInTwoFiles : public SelectProbes {
 protected:
  SelectInTwoFiles() {
    with_library_ = true;
    library_.functions = {{"exec_stmt", 100}, {"init", 200}};
  }
};

TEST_F(SelectInTwoFiles, TakesANameFromTheFileThatHasIt) {
  select({"heap_insert", "exec_stmt"});
  EXPECT_EQ(names(0), Names{"heap_insert"});
  EXPECT_EQ(names(1), Names{"exec_stmt"});
  EXPECT_EQ(not_probed(), Names{});
}

TEST_F(SelectInTwoFiles, TakesANameThatBothHaveFromBoth) {
  select({"init"});
  EXPECT_EQ(names(0), (Names{"init", "init"}));
  EXPECT_EQ(names(1), Names{"init"});
}

TEST_F(SelectInTwoFiles, TakesTheSameOffsetInEachForOtherCode) {
  select({"heap_insert", "exec_*"});  // both at 100
  EXPECT_EQ(names(0), Names{"heap_insert"});
  EXPECT_EQ(names(1), Names{"exec_stmt"});
}

TEST_F(SelectInTwoFiles, TellsOnceOfANameThatNeitherHas) {
  select({"heap_insert", "exec_stmt", "PortalRun"});
  EXPECT_EQ(not_probed(), Names{"PortalRun: no such function"});
}

TEST_F(SelectInTwoFiles, TellsOfWhatIsNearestInEach) {
  select({"heap_insert", "exec_stmt", "exec_stmtt"});
  EXPECT_EQ(not_probed(), Names{"exec_stmtt: in postgres: no such function, in plpgsql.so: no such "
                                "function; nearest: exec_stmt"});
}

TEST_F(SelectInTwoFiles, TellsOfAFileThatHasNone) {
  select({"heap_insert"});
  EXPECT_EQ(not_probed(), Names{"plpgsql.so: it has none of the names"});
}

TEST_F(SelectInTwoFiles, RefusesWhereNeitherHasAny) {
  EXPECT_EQ(error({"PortalRun"}).find("nothing to record in postgres and plpgsql.so: PortalRun: "),
            0u);
}

TEST_F(SelectInTwoFiles, CountsTheFunctionsOfBothAgainstTheBound) {
  library_.functions.clear();
  image_.functions.clear();
  for (std::size_t i = 0; i <= kMaxProbes / 2; ++i) {
    library_.functions.push_back({"f" + std::to_string(i), 1000 + i});
    image_.functions.push_back({"f" + std::to_string(i), 1000 + i});
  }
  EXPECT_EQ(error({"f*"}).find("-f matches 1,002 functions of postgres and plpgsql.so, more than"),
            0u);
}

}  // namespace
}  // namespace pgrec
