#include "analyze/calls/statement_table.h"

#include <algorithm>

#include "analyze/calls/execution_pass.h"
#include "format/print/units.h"

namespace pgrec {

void StatementsSeen::add(const TraceSet::File& file, TextId text,
                         std::optional<std::int64_t> query_id) {
  const Key key{texts_->said(file, text), query_id};
  const First first{file.number, text};
  if (key == last_ && !(first < last_first_)) return;
  const auto [place, is_new] = all_.try_emplace(key, first);
  if (!is_new) place->second = std::min(place->second, first);
  last_ = key;
  last_first_ = place->second;
}

void StatementsSeen::merge(const StatementsSeen& other) {
  for (const auto& [key, first] : other.all_) {
    const auto [place, is_new] = all_.try_emplace(key, first);
    if (!is_new) place->second = std::min(place->second, first);
  }
  last_ = {};
  last_first_ = {};
}

StatementTable::StatementTable(const SetTexts& texts, const StatementsSeen& seen) : texts_(texts) {
  struct Row {
    StatementsSeen::First first;
    std::optional<StatementsSeen::First> named;  // by a text that says something
    std::optional<std::int64_t> query_id;
    Said said = kNothingSaid;
  };
  std::map<std::int64_t, Row> by_query_id;
  std::map<Said, std::vector<std::int64_t>> links;
  std::map<Said, Row> by_said;
  for (const auto& [key, first] : seen.all_) {
    const auto& [said, query_id] = key;
    Row* row = nullptr;
    bool is_new = false;
    if (query_id && !texts.of(said).utility) {
      const auto [place, added] = by_query_id.try_emplace(*query_id);
      row = &place->second;
      is_new = added;
      row->query_id = query_id;
      if (said != kNothingSaid) links[said].push_back(*query_id);
    } else if (said != kNothingSaid) {
      const auto [place, added] = by_said.try_emplace(said);
      row = &place->second;
      is_new = added;
    } else {
      continue;
    }
    row->first = is_new ? first : std::min(row->first, first);
    if (said != kNothingSaid && (!row->named || first < *row->named)) {
      row->named = first;
      row->said = said;
    }
  }
  // Those without a query id, of a text that has one only, are of that.
  for (auto row = by_said.begin(); row != by_said.end();) {
    const auto link = links.find(row->first);
    if (link == links.end() || link->second.size() != 1) {
      ++row;
      continue;
    }
    Row& to = by_query_id.at(link->second.front());
    to.first = std::min(to.first, row->second.first);
    row = by_said.erase(row);
  }
  std::vector<Row> all;
  for (const auto& [id, row] : by_query_id)
    all.push_back(row);
  for (const auto& [said, row] : by_said)
    all.push_back(row);
  std::stable_sort(all.begin(), all.end(), [](const Row& a, const Row& b) {
    return a.first != b.first ? a.first < b.first : a.query_id < b.query_id;
  });
  for (const Row& row : all) {
    const std::size_t place = rows_.size();
    const auto& [file, text] = row.named.value_or(row.first);
    rows_.push_back({static_cast<std::int64_t>(place) + 1, row.query_id, row.said, file, text});
    if (row.query_id)
      by_query_id_.emplace(*row.query_id, place);
    else
      by_said_.emplace(row.said, place);
  }
  for (const auto& [said, query_ids] : links) {
    for (const std::int64_t query_id : query_ids)
      links_[said].push_back(by_query_id_.at(query_id));
  }
}

std::optional<std::size_t> StatementTable::of(Said said,
                                              std::optional<std::int64_t> query_id) const {
  if (query_id && !texts_.of(said).utility) {
    const auto found = by_query_id_.find(*query_id);
    return found == by_query_id_.end() ? std::nullopt : std::optional(found->second);
  }
  if (said == kNothingSaid) return std::nullopt;
  const auto link = links_.find(said);
  if (link != links_.end() && link->second.size() == 1) return link->second.front();
  const auto found = by_said_.find(said);
  return found == by_said_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t StatementTable::query_ids_of(Said said) const {
  const auto link = links_.find(said);
  return link == links_.end() ? 0 : link->second.size();
}

std::optional<std::string> StatementTable::text(const StatementRow& statement) const {
  if (statement.said == kNothingSaid) return std::nullopt;
  const auto found = texts_.find_in(statement.file, statement.text);
  return found ? shown_text(*found) : std::nullopt;
}

std::optional<std::string> StatementTable::fingerprint(const StatementRow& statement) const {
  const std::uint64_t number = texts_.of(statement.said).fingerprint;
  return number == 0 ? std::nullopt : std::optional(fingerprint_text(number));
}

std::string StatementTable::name(const StatementRow& statement) const {
  if (statement.query_id) return "query id " + std::to_string(*statement.query_id);
  return "fingerprint " + fingerprint(statement).value_or("not known");
}

StatementsSeen statements_seen(TraceSet& set, const SetTexts& texts, const PassOptions& options) {
  return sum_executions(set, ExecutionQuery{}, StatementsSeen(texts), options);
}

}  // namespace pgrec
