#include "analyze/statement_text.h"

#include <pg_query.h>

namespace pgrec {

std::string statement_text(const std::string& query) {
  const PgQueryNormalizeResult result = pg_query_normalize(query.c_str());
  std::string text = result.error || !result.normalized_query ? query : result.normalized_query;
  pg_query_free_normalize_result(result);
  return text;
}

}  // namespace pgrec
