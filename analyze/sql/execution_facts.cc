#include "analyze/sql/execution_facts.h"

#include <algorithm>

namespace pgrec {
namespace {

using namespace execution_argument;
using Kind = ExecutionFacts::Kind;

// No execution does more; a sum of some ten thousand still fits SQLite's integers.
constexpr std::uint64_t kMaxNumber = 1ull << 48;

// The name of an argument that is looked for, where `name` is one; it lives as long as the program.
std::optional<std::string_view> known_argument(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kOthers = {
      kQueryId, kPrepare,     kSqlstate, kLeader,      kRunningFor,
      kAborted, kApplication, kUser,     kSessionUser, kText};
  const auto measure = std::find_if(kMeasures.begin(), kMeasures.end(),
                                    [&](const Measure& one) { return one.name == name; });
  if (measure != kMeasures.end()) return measure->name;
  const auto other = std::find(kOthers.begin(), kOthers.end(), name);
  return other == kOthers.end() ? std::nullopt : std::optional(*other);
}

const Argument* find(const std::map<std::string_view, std::size_t>& places,
                     const ArgumentValues& arguments, std::string_view name) {
  const auto place = places.find(name);
  if (place == places.end() || place->second >= arguments.size()) return nullptr;
  return &arguments[place->second];
}

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

ExecutionFactReader::ExecutionFactReader(const std::vector<EventClass>& classes) {
  using End = ExecutionFacts::End;
  static const std::map<std::string_view, Known> kByName = {
      {execution_class::kCompleted, {Tells::kEnd, End::kCompleted, {}}},
      {execution_class::kFailed, {Tells::kEnd, End::kFailed, {}}},
      {execution_class::kProcessEnded, {Tells::kEnd, End::kFailed, {}}},
      {execution_class::kSuspended, {Tells::kEnd, End::kSuspended, {}}},
      {execution_class::kNotRun, {Tells::kNotRun, End::kNotSaid, {}}},
      {execution_class::kOfLeader, {Tells::kOfLeader, End::kNotSaid, {}}},
      {execution_class::kRunning, {Tells::kRunning, End::kNotSaid, {}}},
      {execution_class::kSession, {Tells::kSession, End::kNotSaid, {}}},
      {execution_class::kOfText, {Tells::kOfText, End::kNotSaid, {}}},
      {execution_class::kIdleInTransaction, {Tells::kIdle, End::kNotSaid, {}}}};
  for (const EventClass& one : classes) {
    const auto by_name = kByName.find(one.name);
    if (by_name == kByName.end()) continue;
    const auto [place, is_new] = classes_.emplace(one.id, by_name->second);
    if (!is_new) continue;  // of two rows with one id the first holds
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
      if (const auto name = known_argument(one.arguments[i].name))
        place->second.places.emplace(*name, i);
    }
  }
}

const ExecutionFactReader::Known* ExecutionFactReader::known(ClassId event_class) const {
  const auto found = classes_.find(event_class);
  return found == classes_.end() ? nullptr : &found->second;
}

bool ExecutionFactReader::is_idle_in_transaction(ClassId event_class) const {
  const Known* one = known(event_class);
  return one && one->tells == Tells::kIdle;
}

bool ExecutionFactReader::tells_of_executions(ClassId event_class) const {
  const Known* one = known(event_class);
  return one && one->tells != Tells::kIdle;
}

ExecutionFactReader::IdleFacts ExecutionFactReader::idle_facts(
    ClassId event_class, const ArgumentValues& arguments) const {
  IdleFacts facts;
  const Known* one = known(event_class);
  if (!one) return facts;
  if (const auto found = number(find(one->places, arguments, kAborted)))
    facts.aborted = *found != 0;
  facts.running_ns = number_above_0(find(one->places, arguments, kRunningFor));
  return facts;
}

void ExecutionFactReader::add(const Event& event, const ArgumentValues& arguments,
                              ExecutionFacts& facts) const {
  const Known* one = known(event.event_class);
  if (!one) return;
  const auto argument = [&](std::string_view name) { return find(one->places, arguments, name); };
  switch (one->tells) {
    case Tells::kEnd:
      if (facts.kind == Kind::kPreparation) facts.kind = Kind::kRun;
      facts.end = one->end;
      facts.sqlstate = sqlstate(argument(kSqlstate));
      renew(facts.query_id, query_id(argument(kQueryId)));
      if (const auto prepare = number(argument(kPrepare))) {
        facts.prepare_ns = prepare;
        facts.reported = event.ts;
      }
      for (std::size_t i = 0; i < kMeasures.size(); ++i) {
        // One that is suspended has given some rows: 0 says that nobody counted them.
        const bool above_0 =
            one->end == ExecutionFacts::End::kSuspended && !is_counted(kMeasures[i]);
        const Argument* said = argument(kMeasures[i].name);
        renew(facts.measures[i], above_0 ? number_above_0(said) : number(said));
      }
      break;
    case Tells::kNotRun:
      if (facts.kind == Kind::kRun) facts.kind = Kind::kPreparation;
      facts.end = ExecutionFacts::End::kNotSaid;
      facts.sqlstate.reset();
      break;
    case Tells::kOfLeader:
      facts.kind = Kind::kWorkerRun;
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
    case Tells::kIdle:
      break;
  }
}

}  // namespace pgrec
