// The statements of pgrec top: groups query texts by what they are without their literals. It
// normalizes a text once, however often that runs, and forgets what has not run for a while, so
// that memory is bounded whatever the clients send.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "format/table/tables.h"

namespace pgrec {

class StatementTable {
 public:
  // `bound_bytes`: of texts and of statements that are remembered, each.
  explicit StatementTable(std::size_t bound_bytes = 16u << 20) : bound_bytes_(bound_bytes) {}

  // The statement of `text`. One that was forgotten gets another id.
  TextId id(const Text& text);

  // The statement as text; "?" for one that was forgotten.
  const std::string& text(TextId statement) const;

  // Forgets statements for which `in_use` is false, where there are more than the bound.
  void forget(const std::function<bool(TextId)>& in_use);

  std::size_t size() const { return statements_.size(); }

 private:
  TextId id_of_statement(std::string statement);

  std::size_t bound_bytes_;
  std::size_t text_bytes_ = 0;
  std::size_t statement_bytes_ = 0;
  std::uint32_t next_ = 0;
  std::unordered_map<std::string, TextId> texts_;
  std::unordered_map<std::string, TextId> ids_;                       // by statement
  std::unordered_map<std::uint32_t, const std::string*> statements_;  // into ids_
};

}  // namespace pgrec
