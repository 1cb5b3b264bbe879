#include "record/matching/query_texts.h"

#include <new>
#include <string_view>
#include <utility>

#include "format/postgres/statement_fingerprint.h"
#include "format/postgres/statement_text.h"

namespace pgrec {
namespace {

std::shared_ptr<const QueryText> only(Text text) {
  return std::make_shared<QueryText>(QueryText{{std::move(text)}});
}

// `query_bytes`: of the whole of it, where it was cut.
Text written(std::string_view query, bool cut, std::uint64_t query_bytes, bool client,
             TextMode mode) {
  Text text;
  text.cut = cut;
  if (cut) text.query_bytes = query_bytes;
  if (mode == TextMode::kFull || (!client && query.starts_with(kAutovacuumText))) {
    text.text = query;
    return text;
  }
  text.fingerprint = statement_fingerprint(query, cut);
  text.withheld = mode == TextMode::kNone;
  text.normalized = !text.withheld;
  if (text.normalized) text.text = text_without_literals(query, cut);
  return text;
}

}  // namespace

// Of a text that was cut the last statement is what was; nobody knows how many there are behind it.
QueryText query_text_of(const std::string& text, std::uint64_t query_bytes, bool client,
                        TextMode mode, bool whole) {
  const bool cut = text.size() != query_bytes;
  QueryText query;
  const Text all = written(text, cut, query_bytes, client, mode);
  const bool one = whole || (!client && text.starts_with(kAutovacuumText));
  const auto parts = one ? std::vector<std::string_view>{text} : split_statements(text, cut);
  if (parts.size() == 1) {
    query.statements.push_back(all);
    return query;
  }
  query.message = all;
  for (const std::string_view& part : parts) {
    const bool part_cut = cut && &part == &parts.back();
    const auto before = static_cast<std::uint64_t>(part.data() - text.data());
    const std::uint64_t part_bytes = query_bytes > before ? query_bytes - before : 0;
    query.statements.push_back(written(part, part_cut, part_bytes, client, mode));
  }
  return query;
}

// Beside the texts: a node, its place in the table, and the shared count; with those of the heap.
std::uint64_t bytes_of(const QueryText& query) {
  constexpr std::uint64_t kEntryBytes = 128;
  const auto of_text = [](const Text& text) { return sizeof(Text) + text.text.capacity(); };
  std::uint64_t bytes = kEntryBytes + sizeof(QueryText);
  if (query.message) bytes += query.message->text.capacity();
  for (const Text& text : query.statements)
    bytes += of_text(text);
  return bytes;
}

bool failed_as_message(std::uint64_t ran_ns, std::uint32_t sqlstate) {
  return ran_ns == 0 && (sqlstate == 0 || sqlstate_text(sqlstate) == "42601");
}

const char* name(TextMode mode) {
  switch (mode) {
    case TextMode::kFull:
      return "full";
    case TextMode::kNormalized:
      return "normalized";
    case TextMode::kNone:
      return "none";
  }
  return "";
}

QueryTexts::QueryTexts(TextMode mode, std::uint64_t bound_bytes, std::function<void()> forget)
    : mode_(mode), bound_bytes_(bound_bytes), forget_(std::move(forget)) {
  Text text;
  text.unreadable = true;
  unreadable_ = only(text);
  text = {};
  text.text = kFastpathText;
  fastpath_ = only(std::move(text));
}

// What a client sends is no reason to end: a text that memory does not suffice for cannot be read.
void QueryTexts::add(const TextHit& piece) {
  try {
    put(piece);
  } catch (const std::bad_alloc&) {
    partial_.erase(piece.thread);
    older_ = {};
    ++without_memory_;
    forget_();
  }
}

void QueryTexts::put(const TextHit& piece) {
  if (piece.first) partial_[piece.thread] = {piece.query.key, piece.ts_ns, piece.client, {}};
  const auto found = partial_.find(piece.thread);
  if (found == partial_.end() || found->second.key != piece.query.key) return;  // it was lost
  Partial& partial = found->second;
  partial.text += piece.text;
  if (piece.continues) return;
  add(piece.query.key, partial.text, piece.query.bytes, piece.client);
  partial_.erase(found);
}

// Its number may be another's by now, whose text has begun.
void QueryTexts::ended(const ThreadKey& thread, std::uint64_t at_ns) {
  const auto found = partial_.find(thread);
  if (found != partial_.end() && found->second.begun_ns <= at_ns) partial_.erase(found);
}

void QueryTexts::add(std::uint64_t key, const std::string& text, std::uint64_t query_bytes,
                     bool client) {
  const auto query = made_of(text, query_bytes, client);
  const std::uint64_t bytes = bytes_of(*query);
  if (held_bytes_ > 0 && held_bytes_ + bytes > bound_bytes_ / 2) {
    older_ = std::exchange(texts_, {});
    held_bytes_ = 0;
    forget_();
  }
  if (texts_.insert_or_assign(key, query).second) held_bytes_ += bytes;
}

std::shared_ptr<const QueryText> QueryTexts::find(std::uint64_t key, const ThreadKey& thread) {
  for (const Held* held : {&texts_, &older_}) {
    if (const auto found = held->find(key); found != held->end()) return found->second;
  }
  const auto partial = partial_.find(thread);
  if (partial == partial_.end() || partial->second.key != key) return unreadable_;
  auto text = made_of(partial->second.text, 0, partial->second.client);
  partial_.erase(partial);
  return text;
}

std::shared_ptr<const QueryText> QueryTexts::made_of(const std::string& text,
                                                     std::uint64_t query_bytes, bool client) const {
  return std::make_shared<QueryText>(query_text_of(text, query_bytes, client, mode_));
}

}  // namespace pgrec
