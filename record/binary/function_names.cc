#include "record/binary/function_names.h"

#include <algorithm>
#include <array>

#include "format/print/join.h"
#include "format/print/name_list.h"
#include "format/print/nearest.h"
#include "record/binary/demangled.h"

namespace pgrec {

const std::vector<FunctionNames::CppName>& FunctionNames::cpp_names() {
  if (cpp_names_) return *cpp_names_;
  cpp_names_.emplace();
  for (std::size_t i = 0; i < image_.functions.size(); ++i) {
    const std::string& symbol = image_.functions[i].name;
    const std::string name = demangled(symbol);
    if (name != symbol) cpp_names_->push_back({i, name, without_parameters(name)});
  }
  return *cpp_names_;
}

std::vector<Symbol> FunctionNames::matching(const std::string& pattern) {
  std::vector<Symbol> found = image_.find(pattern);
  if (!found.empty()) return found;
  if (is_glob(pattern)) {
    for (const Symbol& symbol : image_.functions) {
      if (matches_glob(pattern, symbol.name)) found.push_back(symbol);
    }
  }
  for (const CppName& name : cpp_names()) {
    const Symbol& symbol = image_.functions[name.function];
    if (is_glob(pattern) && matches_glob(pattern, symbol.name)) continue;
    // As it stands before as a glob: brackets and asterisks are in names, too.
    if (pattern == name.name || pattern == name.short_name ||
        (is_glob(pattern) &&
         (matches_glob(pattern, name.name) || matches_glob(pattern, name.short_name)))) {
      found.push_back(symbol);
    }
  }
  return found;
}

std::string FunctionNames::why_missing(const std::string& pattern) {
  if (is_glob(pattern)) return "no function matches";
  std::vector<std::string> names;
  for (const Symbol& symbol : image_.functions)
    names.push_back(symbol.name);
  for (const CppName& name : cpp_names())
    names.push_back(name.short_name);
  const auto near = nearest(pattern, names);
  return near.empty() ? "no such function" : "no such function; nearest: " + enumerate(near, "or");
}

bool needs_its_return_address(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "setjmp",     "_setjmp",     "__setjmp", "sigsetjmp", "__sigsetjmp",
      "getcontext", "swapcontext", "vfork",    "_start"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.find(".cold") != name.npos;
}

}  // namespace pgrec
