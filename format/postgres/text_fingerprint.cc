#include "format/postgres/text_fingerprint.h"

#include "format/postgres/statement_fingerprint.h"
#include "format/postgres/statement_text.h"

namespace pgrec {

bool is_verbatim(const Text& text) {
  return !text.withheld && !text.normalized && !text.unreadable;
}

std::uint64_t fingerprint_of(const Text& text) {
  if (text.unreadable) return 0;
  if (text.fingerprint != 0) return text.fingerprint;
  if (!is_verbatim(text) || text.text.starts_with(kAutovacuumText)) return 0;
  return statement_fingerprint(text.text, text.cut);
}

}  // namespace pgrec
