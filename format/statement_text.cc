#include "format/statement_text.h"

#include <pg_query.h>
#include <pthread.h>

#include <cerrno>

#include "format/error.h"
#include "format/file.h"

namespace pgrec {
namespace {

// libpg_query walks a parse tree by recursion and does not watch its stack: "1+1+1+…" is as deep as
// it is long. Up to this length the caller's stack is enough for whatever a query can nest.
constexpr std::size_t kShortBytes = 2u << 10;
// Longer texts get a thread with a stack that is enough for a level a byte.
constexpr std::size_t kLongBytes = 64u << 10;
constexpr std::size_t kStackBytes = 256u << 20;  // of address space; used as far as the text needs

std::string normalize(const std::string& query) {
  const PgQueryNormalizeResult result = pg_query_normalize(query.c_str());
  std::string text = result.error || !result.normalized_query ? query : result.normalized_query;
  pg_query_free_normalize_result(result);
  return text;
}

struct Job {
  const std::string& query;
  std::string text;
};

void* run_job(void* argument) {
  auto* job = static_cast<Job*>(argument);
  job->text = normalize(job->query);  // libpg_query frees what it holds when the thread ends
  return nullptr;
}

std::string normalize_on_large_stack(const std::string& query) {
  Job job{query, {}};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, run_job, &job);
  pthread_attr_destroy(&attributes);
  if (error != 0) throw Error("cannot start a thread to read a query: " + reason_of(error));
  pthread_join(thread, nullptr);
  return std::move(job.text);
}

}  // namespace

std::string statement_text(const std::string& query) {
  if (query.size() <= kShortBytes) return normalize(query);
  if (query.size() <= kLongBytes) return normalize_on_large_stack(query);
  return query;
}

}  // namespace pgrec
