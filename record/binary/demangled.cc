#include "record/binary/demangled.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace pgrec {
namespace {

struct Free {
  void operator()(char* text) const { std::free(text); }
};

// Where the name begins in what stands before the parameters: behind the last blank that is in no
// brackets. An operator's name has blanks of its own, and then no type of a result before it.
std::size_t begin_of_name(const std::string& text) {
  if (text.find("operator") != text.npos) return 0;
  int depth = 0;
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] == ')' || text[at] == '>') ++depth;
    if (text[at] == '(' || text[at] == '<') --depth;
    if (text[at] == ' ' && depth == 0) return at + 1;
  }
  return 0;
}

}  // namespace

std::string demangled(const std::string& name) {
  if (name.compare(0, 2, "_Z") != 0) return name;
  int status = 0;
  const std::unique_ptr<char, Free> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status));
  return status == 0 && text ? std::string(text.get()) : name;
}

std::string without_parameters(const std::string& name) {
  // The parameters are in the last pair of parentheses that is in no other; "(anonymous namespace)"
  // and "operator()" stand before them.
  const std::size_t close = name.rfind(')');
  if (close == name.npos) return name;
  int depth = 0;
  for (std::size_t at = close + 1; at-- > 0;) {
    if (name[at] == ')') ++depth;
    if (name[at] == '(' && --depth == 0) {
      const std::string before = name.substr(0, at);
      return at == 0 ? name : before.substr(begin_of_name(before));
    }
  }
  return name;
}

}  // namespace pgrec
