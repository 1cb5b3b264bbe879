// The functions of a binary by what a person calls them: symbols, C++ names with or without their
// parameters, and globs of both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// Whether the function of that symbol saves the address it returns to and uses it again later, or
// has none, or is a part (NAME.cold) that is jumped to with the function's frame on the stack: a
// return probe, which puts the kernel's own address where it believes that one, would break the
// program.
bool needs_its_return_address(std::string_view name);

}  // namespace pgrec
