#include "analyze/filter/statement_choice.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "format/print/name_list.h"
#include "format/print/number.h"

namespace pgrec {
namespace {

using As = StatementChoice::As;

std::optional<std::int64_t> as_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> as_fingerprint(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (text.size() != 16 || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

bool is_id(const std::string& text) {
  if (text.starts_with('#')) return as_integer(std::string_view(text).substr(1)).has_value();
  return as_integer(text) || as_fingerprint(text);
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// In small letters, with each run of blanks as one, and none around it.
std::string plain(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (blank && (plain.empty() || plain.back() == ' ')) continue;
    plain += blank ? ' ' : ascii_lower(c);
  }
  if (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

// Whether the parts between stars are in `text`, one behind the other.
bool has_parts(const std::string& text, const std::string& pattern) {
  std::size_t at = 0;
  for (std::size_t start = 0; start <= pattern.size();) {
    const std::size_t star = std::min(pattern.find('*', start), pattern.size());
    const std::size_t found = text.find(std::string_view(pattern).substr(start, star - start), at);
    if (found == std::string::npos) return false;
    at = found + (star - start);
    start = star + 1;
  }
  return true;
}

class Chooser {
 public:
  explicit Chooser(const StatementTable& statements) : statements_(statements) {}

  StatementChoice choose(const std::string& query) const {
    if (query.starts_with('#') && is_id(query))
      return {query.substr(1), As::kStatementId, by_id(query.substr(1))};
    if (auto places = by_id(query); !places.empty()) return {query, As::kStatementId, places};
    if (auto places = by_query_id(query); !places.empty()) return {query, As::kQueryId, places};
    if (auto places = by_fingerprint(query); !places.empty())
      return {query, As::kFingerprint, places};
    if (auto places = by_text(query); !places.empty()) return {query, As::kText, places};
    return {query, of_nothing(query), {}};
  }

 private:
  using Places = std::vector<std::size_t>;

  // What the argument was most likely meant to be.
  static As of_nothing(const std::string& query) {
    constexpr std::size_t kLongId = 6;  // ids of statements are small, query ids are large
    if (as_integer(query))
      return query.size() > kLongId || query[0] == '-' ? As::kQueryId : As::kStatementId;
    return as_fingerprint(query) ? As::kFingerprint : As::kText;
  }
  Places by_id(const std::string& text) const {
    const auto id = as_integer(text);
    if (!id || *id < 1 || static_cast<std::uint64_t>(*id) > statements_.rows().size()) return {};
    return {static_cast<std::size_t>(*id - 1)};
  }
  Places by_query_id(const std::string& text) const {
    Places places;
    const auto id = as_integer(text);
    for (std::size_t i = 0; id && i < statements_.rows().size(); ++i) {
      if (statements_.rows()[i].query_id == id) places.push_back(i);
    }
    return places;
  }
  Places by_fingerprint(const std::string& text) const {
    const auto fingerprint = as_fingerprint(text);
    if (!fingerprint || *fingerprint == 0) return {};
    const Said said = statements_.texts().said(*fingerprint);
    if (said == kNothingSaid) return {};
    Places places;
    for (std::size_t i = 0; i < statements_.rows().size(); ++i) {
      if (statements_.rows()[i].said == said) places.push_back(i);
    }
    if (!places.empty()) return places;
    const auto of = statements_.of(said, std::nullopt);
    return of ? Places{*of} : Places{};
  }
  Places by_text(const std::string& part) const {
    const std::string pattern = plain(part);
    Places places;
    for (std::size_t i = 0; i < statements_.rows().size(); ++i) {
      const auto text = statements_.text(statements_.rows()[i]);
      if (text && has_parts(plain(*text), pattern)) places.push_back(i);
    }
    return places;
  }

  const StatementTable& statements_;
};

}  // namespace

std::vector<std::string> split_queries(const std::vector<std::string>& arguments) {
  std::vector<std::string> queries;
  for (const std::string& argument : arguments) {
    const std::vector<std::string> parts = split_at_commas({argument});
    if (std::all_of(parts.begin(), parts.end(), is_id))
      queries.insert(queries.end(), parts.begin(), parts.end());
    else
      queries.push_back(argument);
  }
  return queries;
}

std::vector<StatementChoice> choose_statements(const StatementTable& statements,
                                               const std::vector<std::string>& queries) {
  const Chooser chooser(statements);
  std::vector<StatementChoice> choices;
  for (const std::string& query : queries)
    choices.push_back(chooser.choose(query));
  return choices;
}

std::string taken_for(const StatementChoice& choice) {
  switch (choice.as) {
    case As::kStatementId:
      return "statement " + choice.asked;
    case As::kQueryId:
      return "query id " + choice.asked;
    case As::kFingerprint:
      return "fingerprint " + choice.asked;
    case As::kText:
      break;
  }
  return "text like '" + choice.asked + "'";
}

}  // namespace pgrec
