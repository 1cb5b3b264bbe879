#include "tests/bench/recorded_events.h"

#include <algorithm>
#include <map>
#include <random>

namespace pgrec::bench {
namespace {

// What a recorder hands over of a thread at a time, about.
constexpr std::size_t kPortionEvents = 256;

}  // namespace

RecordedEvents::RecordedEvents(const std::string& path) {
  TraceReader trace(path);
  classes_ = trace.classes();
  trace.for_each_text([&](const Text& text) { texts_.push_back(text); });
  std::map<ThreadKey, ThreadState> states;
  NextIds ids;
  NoSink sink;
  trace.for_each_chunk([&](const Chunk& chunk) {
    // Portions of the threads in turn, as their hits come in order of time.
    std::vector<std::size_t> at(chunk.threads.size());
    std::vector<std::size_t> arguments_at(chunk.threads.size());
    for (bool more = true; more;) {
      more = false;
      for (std::size_t i = 0; i < chunk.threads.size(); ++i) {
        const ChunkThread& thread = chunk.threads[i];
        const std::size_t end = std::min(at[i] + kPortionEvents, thread.events.size());
        if (at[i] == end) continue;
        for (; at[i] < end; ++at[i]) {
          events_.push_back(thread.events[at[i]]);
          if (events_.back().kind == EventKind::kOfClass)
            arguments_.push_back(thread.arguments[arguments_at[i]++]);
          replay(events_.back(), thread.key, states[thread.key], ids, sink);
        }
        portions_.push_back({thread.key, events_.size(), arguments_.size()});
        more = true;
      }
    }
    calls_ += chunk.header.calls;
  });
  for (const auto& [thread, state] : states) {
    Event event;
    event.ts = trace.last();
    event.kind = EventKind::kUnwound;
    events_.insert(events_.end(), state.calls.size(), event);
    event.kind = EventKind::kExecutionEnd;
    if (state.execution) events_.push_back(event);
    portions_.push_back({thread, events_.size(), arguments_.size()});
  }
  span_ = trace.last().time_since_epoch() + std::chrono::milliseconds(1);
}

void RecordedEvents::add_noise(std::int64_t noise_ns) {
  std::mt19937_64 random(1);
  std::map<ThreadKey, Timestamp> before;
  std::size_t at = 0;
  for (const Portion& portion : portions_) {
    Timestamp& last = before[portion.thread];
    for (; at < portion.end; ++at) {
      const auto more = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(noise_ns));
      last = std::max(last, events_[at].ts + Duration(more));
      events_[at].ts = last;
    }
  }
}

void RecordedEvents::write(TraceWriter& writer, Duration shift, std::uint32_t chunk_events) {
  std::vector<TextId> ids;  // by the id in the recording, of which few are left out
  for (const Text& text : texts_) {
    if (value(text.id) >= ids.size()) ids.resize(value(text.id) + 1);
    ids[value(text.id)] = writer.text_id(text);
  }
  std::vector<Event> shifted;
  std::vector<ArgumentValues> arguments;
  std::size_t at = 0;
  std::size_t arguments_at = 0;
  for (const Portion& portion : portions_) {
    shifted.assign(events_.begin() + static_cast<std::ptrdiff_t>(at),
                   events_.begin() + static_cast<std::ptrdiff_t>(portion.end));
    at = portion.end;
    arguments.assign(arguments_.begin() + static_cast<std::ptrdiff_t>(arguments_at),
                     arguments_.begin() + static_cast<std::ptrdiff_t>(portion.arguments_end));
    arguments_at = portion.arguments_end;
    for (Event& event : shifted) {
      event.ts += shift;
      if (event.kind == EventKind::kExecutionBegin) event.text = ids.at(value(event.text));
    }
    writer.append(portion.thread, shifted, arguments);
    if (writer.pending_events() >= chunk_events) writer.cut();
  }
}

}  // namespace pgrec::bench
