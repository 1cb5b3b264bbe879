#include "record/labels.h"

#include <algorithm>
#include <string_view>

#include "format/error.h"

namespace pgrec {
namespace {

// ASCII only, whatever the locale.
bool is_key(std::string_view text) {
  static constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return !text.empty() && text.find_first_not_of(kAllowed) == text.npos;
}

}  // namespace

Metadata parse_labels(const std::vector<std::string>& labels) {
  Metadata facts;
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    if (equals == label.npos)
      throw UsageError("--label: '" + label + "' has no value", "write it like --label run=3");
    const std::string key = label.substr(0, equals);
    if (!is_key(key)) {
      throw UsageError("--label: '" + key + "' is not a key",
                       "a key is made of letters, digits, '_', '.' and '-'");
    }
    std::string name = "label." + key;
    if (std::any_of(facts.begin(), facts.end(),
                    [&](const auto& fact) { return fact.first == name; })) {
      throw UsageError("--label: '" + key + "' is given twice", "one value for each key");
    }
    facts.emplace_back(std::move(name), label.substr(equals + 1));
  }
  return facts;
}

}  // namespace pgrec
