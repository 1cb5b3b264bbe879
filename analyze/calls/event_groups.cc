#include "analyze/calls/event_groups.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analyze/calls/event_arguments.h"

namespace pgrec {
namespace {

// Arguments whose values are few and tell kinds apart: texts, and the modes of locks.
std::vector<std::size_t> telling_arguments(const EventClass* described) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; described && i < described->arguments.size(); ++i) {
    const ArgumentType& argument = described->arguments[i];
    if (argument.kind == ArgumentType::Kind::kString || argument.name == "mode")
      places.push_back(i);
  }
  return places;
}

class EventGroupsSink final : public ClassEventSink {
 public:
  explicit EventGroupsSink(std::size_t most) : most_(most) {}

  void event(const ClassEvent& event) override {
    if (event.role == ClassEvent::Role::kEnd) return;
    EventGroup& group = group_of(event);
    ++group.hits;
    group.first = std::min(group.first, event.at);
    group.last = std::max(group.last, event.at);
  }
  void pair(const ClassEvent& start, const ClassEvent& end) override {
    EventGroup& group = group_of(start);
    const Duration took = end.at - start.at;
    ++group.done;
    group.total = add_capped(group.total, took);
    group.longest = std::max(group.longest, took);
    group.durations.add(took);
  }
  void unended(const ClassEvent& start) override { ++group_of(start).unended; }
  void unstarted(const ClassEvent& end) override { ++group_of(end).unstarted; }

  std::vector<EventGroup> take() {
    std::sort(all_.begin(), all_.end(), [](const EventGroup& a, const EventGroup& b) {
      return std::tie(b.total, b.hits, a.name, a.arguments, a.is_rest) <
             std::tie(a.total, a.hits, b.name, b.arguments, b.is_rest);
    });
    return std::move(all_);
  }

 private:
  EventGroup& group_of(const ClassEvent& event) {
    const EventClass* const described = event.described();
    const auto places = telling_arguments(described);
    const std::string name = event.role == ClassEvent::Role::kSingle
                                 ? class_name(described, event.event_class)
                                 : event.entry->name;
    std::string arguments = arguments_json(described, event.arguments, places);
    std::string key = name + '\0' + arguments;
    auto known = places_.find(key);
    if (known == places_.end() && all_.size() >= most_) {
      key = name + '\0';
      known = places_.find(key);
      if (known == places_.end()) {
        EventGroup& rest = add(std::move(key), name, event);
        rest.is_rest = true;
        rest.arguments = "{}";
        return rest;
      }
    }
    if (known != places_.end()) return all_[known->second];
    EventGroup& group = add(std::move(key), name, event);
    group.arguments = std::move(arguments);
    for (const std::size_t place : places) {
      if (place >= event.arguments.size()) continue;
      if (!group.what.empty()) group.what += ' ';
      group.what += value_text(*described, place, event.arguments[place]);
    }
    return group;
  }
  EventGroup& add(std::string key, const std::string& name, const ClassEvent& event) {
    places_.emplace(std::move(key), all_.size());
    EventGroup& group = all_.emplace_back();
    group.name = name;
    group.is_pair = event.role != ClassEvent::Role::kSingle;
    const EventClass* counted = event.described();
    if (event.role == ClassEvent::Role::kEnd)
      counted = find_class(event.file->reader.classes(), event.entry->start);
    group.class_name = class_name(counted, event.event_class);
    return group;
  }

  std::size_t most_;
  std::vector<EventGroup> all_;
  std::unordered_map<std::string, std::size_t> places_;  // in all_
};

}  // namespace

std::optional<Duration> EventGroup::percentile(std::uint64_t percent) const {
  if (done == 0) return std::nullopt;
  const unsigned row = durations.position(percentile_rank(done, percent)).row;
  const std::uint64_t middle = LogHistogram::from_ns(row) + LogHistogram::width_ns(row) / 2;
  return std::min(Duration(static_cast<std::int64_t>(middle)), longest);
}

std::vector<EventGroup> group_events(TraceSet& set, const CallSelection& selection,
                                     const PassOptions& options, std::size_t most) {
  EventGroupsSink groups(most);
  for_each_class_event(set, selection, groups, options);
  return groups.take();
}

}  // namespace pgrec
