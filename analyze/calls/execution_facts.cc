#include "analyze/calls/execution_facts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace pgrec {
namespace {

namespace argument = execution_argument;

// No execution does more; a sum of some ten thousand still fits SQLite's integers.
constexpr std::uint64_t kMaxNumber = 1ull << 48;

std::optional<std::int64_t> number(const Argument* argument) {
  const auto* number = argument ? std::get_if<std::uint64_t>(argument) : nullptr;
  if (!number || *number > kMaxNumber) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> number_above_0(const Argument* argument) {
  const auto found = number(argument);
  return found == 0 ? std::nullopt : found;
}

std::optional<std::int64_t> query_id(const Argument* argument) {
  const auto* id = argument ? std::get_if<std::uint64_t>(argument) : nullptr;
  if (!id || *id == 0) return std::nullopt;
  return static_cast<std::int64_t>(*id);
}

// What is said now, or else was before.
template <typename T>
void renew(std::optional<T>& known, const std::optional<T>& said) {
  if (said) known = said;
}

std::string text(const Argument* argument) {
  const auto* text = argument ? std::get_if<std::string>(argument) : nullptr;
  return text ? *text : "";
}

std::optional<std::string> sqlstate(const Argument* argument) {
  const auto* text = argument ? std::get_if<std::string>(argument) : nullptr;
  const auto is_of_one = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  if (!text || text->size() != 5 || !std::all_of(text->begin(), text->end(), is_of_one))
    return std::nullopt;
  return *text;
}

}  // namespace

ExecutionFactReader::Known ExecutionFactReader::known_by_name(std::string_view name) {
  using End = ExecutionFacts::End;
  static const std::map<std::string_view, std::pair<Tells, End>> kByName = {
      {execution_class::kCompleted, {Tells::kEnd, End::kCompleted}},
      {execution_class::kFailed, {Tells::kEnd, End::kFailed}},
      {execution_class::kProcessEnded, {Tells::kEnd, End::kFailed}},
      {execution_class::kSuspended, {Tells::kEnd, End::kSuspended}},
      {execution_class::kNotRun, {Tells::kNotRun, End::kNotSaid}},
      {execution_class::kOfLeader, {Tells::kOfLeader, End::kNotSaid}},
      {execution_class::kRunning, {Tells::kRunning, End::kNotSaid}},
      {execution_class::kSession, {Tells::kSession, End::kNotSaid}},
      {execution_class::kOfText, {Tells::kOfText, End::kNotSaid}},
      {execution_class::kIdleInTransaction, {Tells::kIdle, End::kNotSaid}}};
  Known known;
  known.places.fill(kNowhere);
  if (const auto found = kByName.find(name); found != kByName.end())
    std::tie(known.tells, known.end) = found->second;
  return known;
}

std::size_t ExecutionFactReader::looked_for(std::string_view name) {
  static constexpr std::array<std::string_view, kLookedFor - kQueryId> kOthers = {
      argument::kQueryId,     argument::kPrepare, argument::kSqlstate,    argument::kLeader,
      argument::kRunningFor,  argument::kAborted, argument::kApplication, argument::kUser,
      argument::kSessionUser, argument::kText};
  const auto measure = std::find_if(kMeasures.begin(), kMeasures.end(),
                                    [&](const Measure& one) { return one.name == name; });
  if (measure != kMeasures.end()) return static_cast<std::size_t>(measure - kMeasures.begin());
  const auto other = std::find(kOthers.begin(), kOthers.end(), name);
  return kQueryId + static_cast<std::size_t>(other - kOthers.begin());
}

ExecutionFactReader::ExecutionFactReader(const std::vector<EventClass>& classes) {
  std::vector<bool> seen;
  for (const EventClass& one : classes) {
    const std::size_t id = value(one.id);
    if (id >= seen.size()) seen.resize(id + 1);
    if (seen[id]) continue;  // of two rows with one id the first holds
    seen[id] = true;
    Known known = known_by_name(one.name);
    if (known.tells == Tells::kNothing) continue;
    for (std::size_t i = 0; i < std::min<std::size_t>(one.arguments.size(), kNowhere); ++i) {
      const std::size_t looked = looked_for(one.arguments[i].name);
      if (looked < kLookedFor && known.places[looked] == kNowhere)
        known.places[looked] = static_cast<std::uint8_t>(i);
    }
    if (id >= classes_.size()) classes_.resize(id + 1);
    classes_[id] = known;
  }
}

const Argument* ExecutionFactReader::find(const Known& known, const ArgumentValues& arguments,
                                          std::size_t looked) {
  const std::size_t place = known.places[looked];
  return place < arguments.size() ? &arguments[place] : nullptr;
}

ExecutionFactReader::IdleFacts ExecutionFactReader::idle_facts(
    ClassId event_class, const ArgumentValues& arguments) const {
  IdleFacts facts;
  const Known& one = known(event_class);
  if (one.tells == Tells::kNothing) return facts;
  if (const auto found = number(find(one, arguments, kAborted))) facts.aborted = *found != 0;
  facts.running_ns = number_above_0(find(one, arguments, kRunningFor));
  return facts;
}

void ExecutionFactReader::add(const Event& event, const ArgumentValues& arguments,
                              ExecutionFacts& facts) const {
  const Known& one = known(event.event_class);
  const auto argument = [&](std::size_t looked) { return find(one, arguments, looked); };
  switch (one.tells) {
    case Tells::kEnd:
      if (facts.kind == ExecutionFacts::Kind::kPreparation) facts.kind = ExecutionFacts::Kind::kRun;
      facts.end = one.end;
      facts.sqlstate = sqlstate(argument(kSqlstate));
      renew(facts.query_id, query_id(argument(kQueryId)));
      if (const auto prepare = number(argument(kPrepare))) {
        facts.prepare_ns = prepare;
        facts.reported = event.ts;
      }
      for (std::size_t i = 0; i < kMeasures.size(); ++i) {
        // One that is suspended has given some rows: 0 says that nobody counted them.
        const bool above_0 =
            one.end == ExecutionFacts::End::kSuspended && !is_counted(kMeasures[i]);
        const Argument* said = argument(i);
        renew(facts.measures[i], above_0 ? number_above_0(said) : number(said));
      }
      break;
    case Tells::kNotRun:
      if (facts.kind == ExecutionFacts::Kind::kRun) facts.kind = ExecutionFacts::Kind::kPreparation;
      facts.end = ExecutionFacts::End::kNotSaid;
      facts.sqlstate.reset();
      break;
    case Tells::kOfLeader:
      facts.kind = ExecutionFacts::Kind::kWorkerRun;
      facts.leader_pid = number_above_0(argument(kLeader));
      break;
    case Tells::kRunning:
      facts.running_ns = number_above_0(argument(kRunningFor));
      break;
    case Tells::kSession:
      facts.session = Session{text(argument(kApplication)), text(argument(kUser)),
                              text(argument(kSessionUser))};
      break;
    case Tells::kOfText:
      if (const auto id = number(argument(kText)); id && *id <= UINT32_MAX)
        facts.text = TextId{static_cast<std::uint32_t>(*id)};
      break;
    case Tells::kNothing:
    case Tells::kIdle:
      break;
  }
}

}  // namespace pgrec
