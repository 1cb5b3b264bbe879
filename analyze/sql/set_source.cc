#include "analyze/sql/set_source.h"

#include <algorithm>

#include "analyze/calls/chunks_ahead.h"
#include "analyze/calls/filtered_calls.h"
#include "format/layout.h"
#include "format/print/number.h"

namespace pgrec {
namespace {

// Some thirty megabytes of calls.
constexpr std::size_t kKeptCallChunks = 4;

}  // namespace

const ChunkList& SetSource::chunks() {
  if (!chunks_) chunks_.emplace(set());
  return *chunks_;
}

const WorkerLeaders& SetSource::leaders() {
  if (!leaders_) leaders_.emplace(set(), analysis_->options());
  return *leaders_;
}

const ShownExecutions& SetSource::shown() {
  if (!shown_) shown_.emplace(set(), leaders());
  return *shown_;
}

const ShownExecutions& SetSource::not_shown() {
  if (!not_shown_) not_shown_.emplace(set(), no_leaders_);
  return *not_shown_;
}

const std::vector<std::uint8_t>& SetSource::self_known() {
  if (self_known_.empty()) {
    for (const auto& file : set().files())
      self_known_.push_back(filtered_calls(file.reader).empty());
  }
  return self_known_;
}

CallEnds& SetSource::ends() {
  if (!ends_) ends_.emplace(chunks(), [this](std::size_t chunk) { return carried(chunk); });
  return *ends_;
}

std::optional<std::vector<Call>> SetSource::carried(std::size_t chunk) {
  CallWish wish;
  wish.none = true;
  CallWorker worker(wish, not_shown(), self_known());
  const auto result = work_on(chunks()[chunk], worker);
  if (!result) return std::nullopt;
  return std::move(static_cast<CallsOfChunk&>(*result).carried);
}

std::uint32_t SetSource::functions_end() {
  std::uint32_t end = layout::kMaxFunctions;
  for (const auto& file : set().files())
    end = std::max(end, file.is_set ? 0 : file.unnamed_functions + layout::kMaxFunctions);
  return end;
}

const std::vector<std::string_view>& SetSource::function_names(std::uint32_t end) {
  // So that it never moves.
  if (names_.empty()) names_.reserve(functions_end());
  while (names_.size() < end) {
    const FunctionId id{static_cast<std::uint32_t>(names_.size())};
    names_.push_back(name_bytes_.emplace_back(set().function_name(id)));
  }
  return names_;
}

std::vector<std::uint32_t> SetSource::functions_named(const std::string& name) {
  std::vector<std::uint32_t> ids;
  for (const Function& function : set().functions()) {
    if (function.name == name) ids.push_back(value(function.id));
  }
  constexpr std::string_view kUnnamed = "function ";
  if (name.starts_with(kUnnamed)) {
    const auto number = parse_number<std::uint32_t>(name.substr(kUnnamed.size()));
    const auto& first = set().files().front();
    if (number && *number < layout::kMaxFunctions) {
      const std::uint32_t id = *number + (first.is_set ? 0 : first.unnamed_functions);
      if (set().function_name(FunctionId{id}) == name) ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::shared_ptr<CallsOfChunk> SetSource::all_calls(std::size_t chunk) {
  const auto known = std::find_if(kept_.begin(), kept_.end(),
                                  [chunk](const auto& one) { return one.first == chunk; });
  if (known != kept_.end()) {
    std::rotate(kept_.begin(), known, known + 1);
    return kept_.front().second;
  }
  CallWish wish;
  wish.fields = CallFields::all();
  CallWorker worker(wish, shown(), self_known());
  auto result = work_on(chunks()[chunk], worker);
  std::shared_ptr<CallsOfChunk> calls(static_cast<CallsOfChunk*>(result.release()));
  if (calls) ends().hold(chunk, calls->carried);
  kept_.emplace_front(chunk, calls);
  if (kept_.size() > kKeptCallChunks) kept_.pop_back();
  return calls;
}

void SetSource::find_ends(CallsOfChunk& calls, std::size_t chunk, std::size_t from,
                          std::size_t to) {
  const auto first = std::lower_bound(calls.open.begin(), calls.open.end(), from);
  const auto last = std::lower_bound(first, calls.open.end(), to);
  const bool known = self_known()[chunks()[chunk].file->number] != 0;
  for (auto row = first; row != last; ++row) {
    const CallId id{static_cast<std::uint64_t>(calls.rows.number(CallField::kId, *row))};
    calls.rows.end(*row, ends().find(chunk, id), known);
  }
  calls.open.erase(first, last);
}

}  // namespace pgrec
