// The functions of a binary by what a person calls them: symbols, C++ names with or without their
// parameters, and globs of both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/binary/elf_image.h"

namespace pgrec {

class FunctionNames {
 public:
  // Keeps a reference to `image`.
  explicit FunctionNames(const ElfImage& image) : image_(image) {}

  // The functions that `pattern` names: a name, or a glob (fnmatch).
  std::vector<Symbol> matching(const std::string& pattern);
  // Why it names none, with the nearest names where there are any.
  std::string why_missing(const std::string& pattern);

 private:
  struct CppName {
    std::size_t function;  // in the image's
    std::string name;      // demangled
    std::string short_name;
  };
  const std::vector<CppName>& cpp_names();

  const ElfImage& image_;
  std::optional<std::vector<CppName>> cpp_names_;
};

}  // namespace pgrec
