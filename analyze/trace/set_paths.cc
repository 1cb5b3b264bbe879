#include "analyze/trace/set_paths.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "format/error.h"

namespace pgrec {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> in_directory(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".pgt" && entry->is_regular_file(ignored))
      found.push_back(entry->path().string());
  }
  if (error) throw Error("cannot read " + directory + ": " + error.message());
  if (found.empty())
    throw Error("there is no trace in " + directory, "a trace is a file that ends with .pgt");
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> matches(const std::string& pattern) {
  glob_t all{};
  std::vector<std::string> found;
  if (::glob(pattern.c_str(), 0, nullptr, &all) == 0)
    found.assign(all.gl_pathv, all.gl_pathv + all.gl_pathc);
  ::globfree(&all);
  if (found.empty()) throw Error("no file is called like " + pattern);
  return found;
}

std::vector<std::string> named_by(const std::string& argument) {
  std::error_code ignored;
  if (fs::is_directory(argument, ignored)) return in_directory(argument);
  const bool is_pattern = argument.find_first_of("*?[") != std::string::npos;
  if (is_pattern && !fs::exists(argument, ignored)) return matches(argument);
  return {argument};
}

}  // namespace

std::vector<std::string> set_paths(const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (const std::string& argument : arguments) {
    for (std::string& path : named_by(argument)) {
      std::error_code error;
      const fs::path real = fs::canonical(path, error);
      if (seen.insert(error ? path : real.string()).second) paths.push_back(std::move(path));
    }
  }
  return paths;
}

}  // namespace pgrec
