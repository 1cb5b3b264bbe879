#include "record/top/top_statements.h"

#include <utility>

#include "format/print/units.h"

namespace pgrec {
namespace {

// What an entry takes beside its text: about.
constexpr std::size_t kEntryBytes = 192;

std::string shown(const Text& text) {
  if (text.unreadable) return "(a text that could not be read)";
  if (text.withheld) return "(a text that is not recorded)";
  return text.text;
}

}  // namespace

TextId TopStatements::id(const Text& text) {
  std::string key =
      text.fingerprint != 0 ? "fingerprint " + fingerprint_text(text.fingerprint) : shown(text);
  const auto [place, is_new] = ids_.try_emplace(std::move(key), TextId{next_});
  if (is_new) {
    const auto& statement = statements_.emplace(next_++, shown(text)).first->second;
    statement_bytes_ += statement.size() + kEntryBytes;
  }
  return place->second;
}

const std::string& TopStatements::text(TextId statement) const {
  static const std::string kForgotten = "?";
  const auto found = statements_.find(value(statement));
  return found == statements_.end() ? kForgotten : found->second;
}

void TopStatements::forget(const std::function<bool(TextId)>& in_use) {
  if (statement_bytes_ <= bound_bytes_) return;
  std::erase_if(ids_, [&](const auto& statement) {
    if (in_use(statement.second)) return false;
    const auto text = statements_.find(value(statement.second));
    statement_bytes_ -= text->second.size() + kEntryBytes;
    statements_.erase(text);
    return true;
  });
}

}  // namespace pgrec
