// Covers record/server/error_reports.h: that of tests/programs/elog.c, by many compilers, is found
// what these programs say of themselves.
#include "record/server/error_reports.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace pgrec {
namespace {

namespace fs = std::filesystem;

// What the program `path` says.
ErrorReports told_by(const std::string& path) {
  struct Close {
    void operator()(FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<FILE, Close> pipe(::popen((path + " places 2>/dev/null").c_str(), "r"));
  ErrorReports told;
  unsigned long numbers[6] = {};
  EXPECT_EQ(std::fscanf(pipe.get(), "%lu %lu %lu %lu %lu %lu", &numbers[0], &numbers[1],
                        &numbers[2], &numbers[3], &numbers[4], &numbers[5]),
            6)
      << path;
  told.depth = numbers[0];
  told.bytes = static_cast<std::uint32_t>(numbers[1]);
  told.sqlstates = numbers[2];
  told.levels = numbers[3];
  told.least_error = static_cast<std::uint32_t>(numbers[4]);
  told.notices = {numbers[5]};
  return told;
}

std::string text(const ErrorReports& reports) {
  std::string all;
  for (const std::uint64_t number : {reports.depth, std::uint64_t{reports.bytes}, reports.sqlstates,
                                     reports.levels, std::uint64_t{reports.least_error}})
    all += std::to_string(number) + " ";
  for (const std::uint64_t notice : reports.notices)
    all += std::to_string(notice) + " ";
  return all;
}

// Those of tests/programs/CMakeLists.txt whose names begin so.
std::vector<std::string> programs(const std::string& start) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(PGREC_FAILING_PROGRAMS)) {
    if (entry.path().filename().string().starts_with(start)) found.push_back(entry.path());
  }
  EXPECT_FALSE(found.empty()) << start;
  return found;
}

ErrorReports found_in(const std::string& path, int major) {
  return find_error_reports(read_elf(path), read_code(path), major);
}

TEST(ErrorReports, AreFoundWhateverTheCompilerMadeOfThem) {
  std::size_t tried = 0;
  for (const char* compiler : {"gcc-", "clang-"}) {
    for (const std::string& program : programs(compiler)) {
      const std::string told = text(told_by(program));
      EXPECT_EQ(text(found_in(program, 15)), told) << program;
      ++tried;
      // The code tells it all, where the compiler has not merged errcode() with what raises errors.
      if (program.ends_with("lto")) continue;
      EXPECT_EQ(text(found_in(program, 0)), told) << program << ", of no version";
    }
  }
  EXPECT_EQ(tried, 31u);
}

TEST(ErrorReports, AreThoseOfTheirVersion) {
  for (const int major : {13, 14, 18}) {
    const std::string program =
        std::string(PGREC_FAILING_PROGRAMS) + "/version-" + std::to_string(major);
    EXPECT_EQ(text(found_in(program, major)), text(told_by(program))) << program;
  }
  for (const int other : {10, 19}) {
    const std::string program =
        std::string(PGREC_FAILING_PROGRAMS) + "/version-" + std::to_string(other);
    EXPECT_EQ(text(found_in(program, 0)), text(told_by(program))) << program;
  }
}

TEST(ErrorReports, AreFoundByTheirSymbolsWhereTheCodeSaysNothing) {
  for (const std::string& program : programs("gcc-O2-named")) {
    ElfImage image = read_elf(program);
    std::erase_if(image.functions, [](const Symbol& one) { return one.name == "errcode"; });
    ErrorReports told = told_by(program);
    EXPECT_EQ(text(find_error_reports(image, read_code(program), 15)), text(told));
    // Where a version's structure is not known, neither is the place of the SQLSTATE in it.
    told = {.notices = told.notices};
    EXPECT_EQ(text(find_error_reports(image, read_code(program), 0)), text(told));
  }
}

TEST(ErrorReports, AreNotBelievedWhereTheWitnessesDisagree) {
  const std::string program = programs("gcc-O2-named").front();
  const Code code = read_code(program);
  ElfImage moved = read_elf(program);
  for (Variable& variable : moved.locals)
    variable.address += 64 * 1024;
  EXPECT_EQ(find_error_reports(moved, code, 15).depth, 0u);
  // By the code alone, of another version: where the SQLSTATE is stands, but not where the level
  // is.
  ElfImage stripped = read_elf(program);
  stripped.locals.clear();
  std::erase_if(stripped.functions, [](const Symbol& one) { return one.name == "CopyErrorData"; });
  const ErrorReports other = find_error_reports(stripped, code, 13);
  EXPECT_EQ(other.sqlstates, told_by(program).sqlstates);
  EXPECT_EQ(other.least_error, 0u);
  EXPECT_FALSE(other.by_level());
  EXPECT_TRUE(other.by_caller());
}

TEST(ErrorReports, OfWhichNoFunctionConfirmsWhatAnotherSaysAreNotFound) {
  const std::string program = programs("gcc-O2-pie").front();
  ElfImage image = read_elf(program);
  std::erase_if(image.functions, [](const Symbol& one) {
    return one.name == "geterrcode" || one.name == "FlushErrorState";
  });
  EXPECT_EQ(find_error_reports(image, read_code(program), 15).depth, 0u);
}

TEST(ErrorReports, AreToldByTheirCallersWhereTheirPlacesAreHidden) {
  const ErrorReports opaque = found_in(std::string(PGREC_FAILING_PROGRAMS) + "/opaque", 15);
  EXPECT_EQ(opaque.sqlstates, 0u);
  EXPECT_FALSE(opaque.by_level());
  EXPECT_EQ(opaque.notices, told_by(std::string(PGREC_FAILING_PROGRAMS) + "/opaque").notices);
  EXPECT_EQ(found_in(std::string(PGREC_FAILING_PROGRAMS) + "/dark", 15), ErrorReports{});
  EXPECT_EQ(find_error_reports({}, {}, 15), ErrorReports{});
}

}  // namespace
}  // namespace pgrec
