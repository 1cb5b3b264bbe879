// The statements of pgrec top: query texts without their literals, grouped by their fingerprints.
// It forgets what has not run for a while, so that memory is bounded whatever the clients send.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "format/table/tables.h"

namespace pgrec {

class TopStatements {
 public:
  // `bound_bytes`: of statements that are remembered.
  explicit TopStatements(std::size_t bound_bytes = 16u << 20) : bound_bytes_(bound_bytes) {}

  // The statement of `text`, which is without literals (TextMode::kNormalized), or has the server's
  // own words. One that was forgotten gets another id.
  TextId id(const Text& text);

  // The first of its texts; "?" for one that was forgotten.
  const std::string& text(TextId statement) const;

  // Forgets statements for which `in_use` is false, where there are more than the bound.
  void forget(const std::function<bool(TextId)>& in_use);

  std::size_t size() const { return statements_.size(); }

 private:
  std::size_t bound_bytes_;
  std::size_t statement_bytes_ = 0;
  std::uint32_t next_ = 0;
  std::unordered_map<std::string, TextId> ids_;  // by fingerprint, or else by text
  std::unordered_map<std::uint32_t, std::string> statements_;
};

}  // namespace pgrec
