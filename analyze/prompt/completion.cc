#include "analyze/prompt/completion.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace pgrec {
namespace {

constexpr auto kKeywords = std::to_array<const char*>(
    {"ALL",       "AND",     "AS",     "ASC",  "AVG",      "BETWEEN", "BY",    "CASE",
     "CAST",      "COUNT",   "CROSS",  "DESC", "DISTINCT", "ELSE",    "END",   "EXCEPT",
     "EXISTS",    "EXPLAIN", "FILTER", "FROM", "GROUP",    "HAVING",  "IN",    "INNER",
     "INTERSECT", "IS",      "JOIN",   "LEFT", "LIKE",     "LIMIT",   "MAX",   "MIN",
     "NOT",       "NULL",    "OFFSET", "ON",   "OR",       "ORDER",   "OVER",  "PARTITION",
     "RECURSIVE", "ROUND",   "SELECT", "SUM",  "THEN",     "UNION",   "USING", "VALUES",
     "WHEN",      "WHERE",   "WITH"});

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string lowered(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), lower);
  return made;
}

bool begins_with(std::string_view word, std::string_view typed) {
  return word.size() >= typed.size() && lowered(word.substr(0, typed.size())) == lowered(typed);
}

// The word at the end of `text`.
std::string_view last_word(std::string_view text) {
  std::size_t from = text.size();
  while (from > 0 && is_word(text[from - 1]))
    --from;
  return text.substr(from);
}

std::set<std::string> words_in(std::string_view text) {
  std::set<std::string> words;
  while (!text.empty()) {
    const std::string_view word = last_word(text);
    if (!word.empty()) words.insert(lowered(word));
    text.remove_suffix(std::max<std::size_t>(word.size(), 1));
  }
  return words;
}

class Candidates {
 public:
  explicit Candidates(std::string_view typed) : typed_(typed) {}

  void add(const std::string& word) {
    if (begins_with(word, typed_)) words_.insert(word);
  }
  void add(const std::vector<std::string>& words) {
    for (const std::string& word : words)
      add(word);
  }

  Completion made() const {
    Completion completion{typed_.size(), {words_.begin(), words_.end()}, std::string(typed_)};
    if (words_.empty()) return completion;
    std::string common = *words_.begin();
    for (const std::string& word : words_) {
      const auto differs = std::mismatch(common.begin(), common.end(), word.begin(), word.end(),
                                         [](char a, char b) { return lower(a) == lower(b); });
      common.erase(differs.first, common.end());
    }
    completion.common = common;
    return completion;
  }

 private:
  std::string_view typed_;
  std::set<std::string> words_;
};

Completion of_command(const CompletionWords& words, std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == line.npos) {
    Candidates candidates(line);
    candidates.add(words.commands);
    return candidates.made();
  }
  const std::string_view command = line.substr(0, blank);
  Candidates candidates(line.substr(line.find_last_of(' ') + 1));
  if (command == ".ask") candidates.add(words.questions);
  if (command == ".format") candidates.add({"csv", "json", "text"});
  if (command == ".schema") {
    for (const auto& [relation, columns] : words.relations)
      candidates.add(relation);
  }
  return candidates.made();
}

}  // namespace

Completion completions(const CompletionWords& words, std::string_view before,
                       std::string_view line) {
  if (before.empty() && line.starts_with('.')) return of_command(words, line);
  const std::string_view typed = last_word(line);
  Candidates candidates(typed);
  const std::string_view ahead = line.substr(0, line.size() - typed.size());
  if (ahead.ends_with('.')) {
    const auto relation =
        words.relations.find(lowered(last_word(ahead.substr(0, ahead.size() - 1))));
    if (relation != words.relations.end()) {
      candidates.add(relation->second);
      return candidates.made();
    }
  }
  const std::set<std::string> named = words_in(std::string(before) + " " + std::string(ahead));
  const bool names_any =
      std::any_of(words.relations.begin(), words.relations.end(),
                  [&](const auto& relation) { return named.contains(relation.first); });
  for (const auto& [relation, columns] : words.relations) {
    candidates.add(relation);
    if (!names_any || named.contains(relation)) candidates.add(columns);
  }
  const bool is_lower = typed == lowered(typed) && !typed.empty();
  for (const char* const keyword : kKeywords)
    candidates.add(is_lower ? lowered(keyword) : keyword);
  return candidates.made();
}

}  // namespace pgrec
