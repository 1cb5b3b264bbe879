#include "record/top/statement_table.h"

#include <utility>

#include "format/postgres/statement_text.h"

namespace pgrec {
namespace {

// What an entry takes beside its text: about.
constexpr std::size_t kEntryBytes = 96;

}  // namespace

TextId StatementTable::id(const Text& text) {
  if (text.unreadable) return id_of_statement("(a text that could not be read)");
  if (text.withheld) return id_of_statement("(a text that is not recorded)");
  if (const auto known = texts_.find(text.text); known != texts_.end()) return known->second;
  if (text_bytes_ > bound_bytes_) {
    texts_.clear();
    text_bytes_ = 0;
  }
  const TextId id = id_of_statement(text.normalized ? text.text : statement_text(text.text));
  texts_.emplace(text.text, id);
  text_bytes_ += text.text.size() + kEntryBytes;
  return id;
}

TextId StatementTable::id_of_statement(std::string statement) {
  const auto [place, is_new] = ids_.try_emplace(std::move(statement), TextId{next_});
  if (is_new) {
    statements_.emplace(next_++, &place->first);
    statement_bytes_ += place->first.size() + kEntryBytes;
  }
  return place->second;
}

const std::string& StatementTable::text(TextId statement) const {
  static const std::string kForgotten = "?";
  const auto found = statements_.find(value(statement));
  return found == statements_.end() ? kForgotten : *found->second;
}

void StatementTable::forget(const std::function<bool(TextId)>& in_use) {
  if (statement_bytes_ <= bound_bytes_) return;
  std::erase_if(ids_, [&](const auto& statement) {
    if (in_use(statement.second)) return false;
    statement_bytes_ -= statement.first.size() + kEntryBytes;
    statements_.erase(value(statement.second));
    return true;
  });
  texts_.clear();  // they may name what is forgotten
  text_bytes_ = 0;
}

}  // namespace pgrec
