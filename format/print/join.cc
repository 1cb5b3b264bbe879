#include "format/print/join.h"

#include <algorithm>
#include <span>

#include "format/print/units.h"

namespace pgrec {

std::string enumerate(const std::vector<std::string>& names, std::string_view word) {
  if (names.size() < 2) return join(names, "");
  std::string text = join(std::span(names).first(names.size() - 1), ", ");
  return text.append(" ").append(word).append(" ").append(names.back());
}

std::string join_first(const std::vector<std::string>& names, std::size_t most) {
  const std::size_t named = std::min(names.size(), most);
  std::string text = join(std::span(names).first(named), ", ");
  if (names.size() > named) text += " and " + count_text(names.size() - named) + " more";
  return text;
}

}  // namespace pgrec
