// Lists of names as options take them: names and globs, comma-separated, the option repeated; and
// @FILE, which stands for the names in a file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// "a, b" and "c" -> a b c: the parts of comma-separated lists, without the spaces around them. A
// comma in parentheses is a part's own.
std::vector<std::string> split_at_commas(const std::vector<std::string>& lists);

// Whether `name` is a glob, as fnmatch() takes it, and whether the glob matches a name.
bool is_glob(const std::string& name);
bool matches_glob(const std::string& glob, const std::string& name);

// Where names come from, by name: "FILE:LINE", the first; only of those from files.
using NamePlaces = std::map<std::string, std::string>;

// " (FILE:LINE)" for a name that comes from a file, else nothing.
std::string place_text(const NamePlaces& places, const std::string& name);

struct NameList {
  std::vector<std::string> names;
  NamePlaces places;
};

// The names in comma-separated `lists`. A part that is @FILE stands for those in the file, which
// are separated by commas, blanks or line ends, outside of parentheses; what comes behind # in a
// line is a remark. Throws UsageError that names `option`, the file and the line: where the file
// cannot be read, is no text, is longer than a mebibyte, names nothing or another @FILE, or has a
// parenthesis that its line does not close.
//
//   heap_insert, heap_update   # the heap
//   index_*  shop::Cart::add(int, long)
NameList read_names(const std::vector<std::string>& lists, std::string_view option);

}  // namespace pgrec
