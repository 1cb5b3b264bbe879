#include "analyze/calls/event_pairs.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace pgrec {
namespace {

struct Words {
  std::string_view start;
  std::array<std::string_view, 4> ends;
};

constexpr std::array<Words, 3> kWords = {{
    {"start", {"done", "end", "commit", "abort"}},
    {"begin", {"end", "done", "commit", "abort"}},
    {"acquire", {"release", "", "", ""}},
}};

constexpr std::array<std::string_view, 4> kSeparators = {"__", "_", "-", "."};

// Empty where no separator ends it.
std::string_view before_separator(std::string_view before) {
  for (const std::string_view separator : kSeparators) {
    if (before.ends_with(separator)) return before.substr(0, before.size() - separator.size());
  }
  return {};
}

std::optional<std::size_t> place_of(const EventClass& described, const std::string& argument) {
  for (std::size_t i = 0; i < described.arguments.size(); ++i) {
    if (described.arguments[i].name == argument) return i;
  }
  return std::nullopt;
}

// One site of a probe can have as signed what another has as unsigned.
std::optional<std::uint64_t> bits_of(const Argument& argument) {
  if (const auto* number = std::get_if<std::uint64_t>(&argument)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&argument))
    return static_cast<std::uint64_t>(*number);
  return std::nullopt;
}

bool is_same(const Argument& a, const Argument& b) {
  const auto left = bits_of(a), right = bits_of(b);
  return left && right ? *left == *right : a == b;
}

const Argument& at_place(const ClassEvent& event, std::size_t which) {
  static const Argument kNone;
  const std::size_t place = event.entry->matched[which];
  return place < event.arguments.size() ? event.arguments[place] : kNone;
}

bool match(const ClassEvent& start, const ClassEvent& end) {
  const std::size_t count = start.entry->matched.size();
  if (start.entry->name != end.entry->name || count != end.entry->matched.size()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_same(at_place(start, i), at_place(end, i))) return false;
  }
  return true;
}

// Of two processes with one number.
bool is_of_another_process(const ClassEvent& before, const ClassEvent& now) {
  const ProcessLives& lives = now.file->lives;
  if (!lives.several(now.thread.pid)) return false;
  const auto* const a = lives.at(now.thread.pid, before.at);
  const auto* const b = lives.at(now.thread.pid, now.at);
  return a && b && a->process_id != b->process_id;
}

}  // namespace

EventPairTable::EventPairTable(const std::vector<EventClass>& classes) {
  std::map<std::string_view, const EventClass*> by_name;
  for (const EventClass& one : classes) {
    Entry entry;
    entry.described = &one;
    entry.name = one.name;
    if (entries_.emplace(one.id, std::move(entry)).second) by_name.try_emplace(one.name, &one);
  }
  for (const auto& [name, start] : by_name) {
    for (const Words& words : kWords) {
      if (!name.ends_with(words.start)) continue;
      const std::string_view before = name.substr(0, name.size() - words.start.size());
      const std::string_view common = before_separator(before);
      if (common.empty()) continue;
      std::vector<const EventClass*> ends;
      for (const std::string_view word : words.ends) {
        const auto end =
            word.empty() ? by_name.end() : by_name.find(std::string(before).append(word));
        if (end != by_name.end()) ends.push_back(end->second);
      }
      if (ends.empty()) continue;
      std::vector<std::string> matched;
      for (const ArgumentType& argument : start->arguments) {
        const bool in_all = std::all_of(ends.begin(), ends.end(), [&](const EventClass* end) {
          return place_of(*end, argument.name).has_value();
        });
        if (in_all && argument.name != kUnreadableArguments) matched.push_back(argument.name);
      }
      const auto fill = [&](const EventClass& one, Role role) {
        Entry& entry = entries_.at(one.id);
        entry.role = role;
        entry.name = words.start == "acquire" ? start->name : std::string(common);
        entry.start = start->id;
        entry.matched.clear();
        for (const std::string& argument : matched)
          entry.matched.push_back(*place_of(one, argument));
      };
      fill(*start, Role::kStart);
      for (const EventClass* const end : ends)
        fill(*end, Role::kEnd);
    }
  }
}

void EventPairs::add(const ClassEvent& event) {
  if (event.role == ClassEvent::Role::kStart) start(event);
  if (event.role == ClassEvent::Role::kEnd) end(event);
}

void EventPairs::give_up(const ClassEvent& start) {
  if (!start.is_wanted) return;
  --wanted_open_;
  unended_(start);
}

void EventPairs::start(const ClassEvent& event) {
  const Key key{event.file->trace, event.thread.pid, event.thread.tid};
  if (open_.size() == kMostThreads && !open_.contains(key)) {
    for (const ClassEvent& one : open_.begin()->second)
      give_up(one);
    open_.erase(open_.begin());
  }
  Open& open = open_[key];
  if (open.size() == kMostOfThread) {
    give_up(open.front());
    open.erase(open.begin());
  }
  open.push_back(event);
  if (event.is_wanted) ++wanted_open_;
}

void EventPairs::end(const ClassEvent& event) {
  const auto known = open_.find(Key{event.file->trace, event.thread.pid, event.thread.tid});
  if (known == open_.end()) {
    if (event.is_wanted) unstarted_(event);
    return;
  }
  Open& open = known->second;
  for (std::size_t i = open.size(); i-- > 0;) {
    if (!match(open[i], event) || is_of_another_process(open[i], event)) continue;
    const ClassEvent start = std::move(open[i]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    if (open.empty()) open_.erase(known);
    if (!start.is_wanted) return;
    --wanted_open_;
    pair_(start, event);
    return;
  }
  if (event.is_wanted) unstarted_(event);
}

void EventPairs::end_all() {
  for (const auto& [thread, open] : open_) {
    for (const ClassEvent& one : open)
      give_up(one);
  }
  open_.clear();
}

}  // namespace pgrec
