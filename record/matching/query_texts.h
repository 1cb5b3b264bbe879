// The texts of queries as they come from the kernel side, once each, and go into traces as the
// recording is asked to keep them. Executions refer to them by the keys that the kernel side made.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/table/tables.h"
#include "record/kernel/hit.h"

namespace pgrec {

// What a trace is to hold of queries.
enum class TextMode {
  kFull,        // their texts
  kNormalized,  // their texts without literals and comments
  kNone,        // nothing but which are the same statement
};

// "full", "normalized", "none".
const char* name(TextMode mode);

// What one query is: a text, or one for each of the statements that it has one after the other. As
// they are to be written.
struct QueryText {
  std::vector<Text> statements;                // at least one
  std::optional<Text> message = std::nullopt;  // where there are several: all of them
};

// The text of a query without one of its own, as pg_stat_activity calls it.
constexpr const char* kFastpathText = "fastpath function call";

// What a trace or a log is to hold of a query's `text`. `query_bytes`: of the whole of it; 0: not
// known, and more. `client`: a client may have written it. `whole`: not taken apart into its
// statements.
QueryText query_text_of(const std::string& text, std::uint64_t query_bytes, bool client,
                        TextMode mode, bool whole = false);

// What it takes in memory where it is held, about.
std::uint64_t bytes_of(const QueryText& query);

// Whether the first statement of a message of several failed before the message was taken apart, so
// that all of it failed: it had not run, and its SQLSTATE, as the wire has it, is that of a syntax
// error, such as of a Parse of several commands; or is not known.
bool failed_as_message(std::uint64_t ran_ns, std::uint32_t sqlstate);

class QueryTexts {
 public:
  // `bound_bytes`: of texts held, with all that they take in memory (bytes_of()); past it the older
  // half is forgotten. `forget` is called where one is not there any more: the kernel side is to
  // send again what comes again.
  QueryTexts(TextMode mode, std::uint64_t bound_bytes, std::function<void()> forget);

  // A piece of a text has come from the kernel side; those of one text come in order. Where there
  // is no memory for it, it becomes one that could not be read, until it is sent again.
  void add(const TextHit& piece);
  // How many those are.
  std::uint64_t without_memory() const { return without_memory_; }

  // The text of `key` is known otherwise. `query_bytes`: of the whole text; 0: not known, and more.
  // `client`: a client may have written it.
  void add(std::uint64_t key, const std::string& text, std::uint64_t query_bytes, bool client);

  // The text of `key`, which `thread` has reported. Where it is not there, what of it came from
  // that thread, cut; or one that could not be read.
  std::shared_ptr<const QueryText> find(std::uint64_t key, const ThreadKey& thread);

  // A thread has ended, at `at_ns`, CLOCK_MONOTONIC: what of a text came from it by then, and was
  // never asked for, is forgotten.
  void ended(const ThreadKey& thread, std::uint64_t at_ns);
  // The same of all threads of which `is_gone(thread)` says so.
  template <typename IsGone>
  void forget_threads(IsGone is_gone) {
    std::erase_if(partial_, [&](const auto& one) { return is_gone(one.first); });
  }

  // A query without a text of its own.
  std::shared_ptr<const QueryText> unreadable() const { return unreadable_; }
  std::shared_ptr<const QueryText> fastpath() const { return fastpath_; }

 private:
  struct Partial {
    std::uint64_t key = 0;
    std::uint64_t begun_ns = 0;  // CLOCK_MONOTONIC
    bool client = false;
    std::string text;
  };
  void put(const TextHit& piece);
  std::shared_ptr<const QueryText> made_of(const std::string& text, std::uint64_t query_bytes,
                                           bool client) const;

  using Held = std::unordered_map<std::uint64_t, std::shared_ptr<const QueryText>>;
  TextMode mode_;
  std::uint64_t bound_bytes_;
  std::function<void()> forget_;
  Held texts_;
  Held older_;
  std::uint64_t held_bytes_ = 0;  // of texts_
  std::uint64_t without_memory_ = 0;
  std::map<ThreadKey, Partial> partial_;
  std::shared_ptr<const QueryText> unreadable_;
  std::shared_ptr<const QueryText> fastpath_;
};

}  // namespace pgrec
