#include "analyze/calls/set_texts.h"

#include <algorithm>
#include <utility>

#include "format/postgres/statement_fingerprint.h"
#include "format/postgres/statement_text.h"
#include "format/postgres/text_fingerprint.h"

namespace pgrec {
namespace {

// Ids are dense but for those of foreign writers; one further away is not held by its place.
constexpr std::uint32_t kMostGap = 1u << 16;
constexpr std::size_t kHeldFrames = 8;

}  // namespace

std::optional<std::string> shown_text(const Text& text) {
  if (text.normalized) return text.text;
  if (!is_verbatim(text)) return std::nullopt;
  if (text.text.starts_with(kAutovacuumText)) return text.text;
  return text_without_literals(text.text, text.cut, Doubt::kTakesTheLikely);
}

SetTexts::SetTexts(TraceSet& set) : set_(set), files_(set.files().size()) {
  for (TraceSet::File& file : set.files()) {
    OfFile& texts = files_[file.number];
    for (const FrameRef& frame : file.reader.frames()) {
      if (frame.type == layout::FrameType::kTexts) texts.frames.push_back({frame});
    }
    texts.is_whole = texts.frames.empty();
  }
}

Said SetTexts::OfFile::find(TextId id) const {
  if (value(id) < dense.size() && dense[value(id)] != kUnread) return dense[value(id)];
  const auto other = others.find(value(id));
  return other == others.end() ? kUnread : other->second;
}

void SetTexts::read(std::uint32_t file, Frame& frame) const {
  if (std::exchange(frame.is_read, true)) return;
  OfFile& texts = files_[file];
  ++texts.frames_read;
  TraceReader& reader = set_.files()[file].reader;
  const auto payload = reader.read(frame.frame);
  if (!payload) return;
  const auto rows = decode_texts(payload->rest());
  if (!rows) {
    reader.add_damage(frame.frame, "the table does not decode");
    return;
  }
  for (const Text& text : *rows) {
    if (frame.first > frame.last) frame.first = frame.last = value(text.id);
    frame.first = std::min(frame.first, value(text.id));
    frame.last = std::max(frame.last, value(text.id));
    keep(texts, text.id, said_by(text));
  }
}

void SetTexts::read_all(std::uint32_t file) const {
  OfFile& texts = files_[file];
  if (texts.is_whole) return;
  for (Frame& frame : texts.frames)
    read(file, frame);
  texts.is_whole.store(true, std::memory_order_release);
}

// By halves: ids rise from frame to frame, but for foreign writers.
const SetTexts::Frame* SetTexts::frame_around(std::uint32_t file, TextId id) const {
  OfFile& texts = files_[file];
  for (std::size_t from = 0, to = texts.frames.size(); from < to;) {
    const std::size_t middle = from + (to - from) / 2;
    Frame& frame = texts.frames[middle];
    read(file, frame);
    if (frame.has(id)) return &frame;
    if (frame.first > frame.last) break;
    (value(id) < frame.first ? to : from) = value(id) < frame.first ? middle : middle + 1;
  }
  read_all(file);
  return nullptr;
}

Said SetTexts::read_until(std::uint32_t file, TextId id) const {
  const std::lock_guard lock(lock_);
  OfFile& texts = files_[file];
  if (texts.find(id) == kUnread) frame_around(file, id);
  if (texts.find(id) == kUnread || texts.frames_read * 8 > texts.frames.size()) read_all(file);
  const Said said = texts.find(id);
  return said == kUnread ? kNothingSaid : said;
}

// Of two texts with one id the first holds.
void SetTexts::keep(OfFile& texts, TextId id, Said said) {
  const std::size_t place = value(id);
  if (place >= texts.dense.size() + kMostGap) {
    texts.others.emplace(value(id), said);
    return;
  }
  if (place >= texts.dense.size()) texts.dense.resize(place + 1, kUnread);
  if (texts.dense[place] == kUnread) texts.dense[place] = said;
}

Said SetTexts::said_by(const Text& text) const {
  if (text.unreadable) return kNothingSaid;
  const bool is_own = is_verbatim(text) && text.text.starts_with(kAutovacuumText);
  const std::uint64_t fingerprint = fingerprint_of(text);
  const auto add = [&] {
    const bool utility = !is_own && !text.withheld && is_utility(text.text);
    all_.push_back({fingerprint, utility});
    return Said{static_cast<std::uint32_t>(all_.size() - 1)};
  };
  if (fingerprint != 0) {
    const auto [place, is_new] = by_fingerprint_.try_emplace(fingerprint, kNothingSaid);
    if (is_new) place->second = add();
    return place->second;
  }
  const auto shown = shown_text(text);
  if (!shown) return kNothingSaid;
  const auto [place, is_new] = by_text_.try_emplace(*shown, kNothingSaid);
  if (is_new) place->second = add();
  return place->second;
}

Said SetTexts::said(std::uint64_t fingerprint) const {
  const std::lock_guard lock(lock_);
  const auto found = by_fingerprint_.find(fingerprint);
  return found == by_fingerprint_.end() ? kNothingSaid : found->second;
}

SaidText SetTexts::of(Said said) const {
  const std::lock_guard lock(lock_);
  return all_[value(said)];
}

const std::vector<Text>* SetTexts::texts_of(std::uint32_t file, const Frame& frame) const {
  const auto held = std::find_if(held_.begin(), held_.end(), [&](const Held& one) {
    return one.file == file && one.offset == frame.frame.offset;
  });
  if (held != held_.end()) return &held->texts;
  const auto payload = set_.files()[file].reader.read(frame.frame);
  auto rows = payload ? decode_texts(payload->rest()) : std::nullopt;
  if (!rows) return nullptr;
  if (held_.size() == kHeldFrames) held_.pop_front();
  held_.push_back({file, frame.frame.offset, std::move(*rows)});
  return &held_.back().texts;
}

std::optional<Text> SetTexts::find_in(std::uint32_t file, TextId id) const {
  const std::lock_guard lock(lock_);
  const auto find = [&](const Frame& frame) -> const Text* {
    const auto* texts = frame.has(id) ? texts_of(file, frame) : nullptr;
    if (!texts) return nullptr;
    const auto found = std::find_if(texts->begin(), texts->end(),
                                    [id](const Text& text) { return text.id == id; });
    return found == texts->end() ? nullptr : &*found;
  };
  if (const Frame* const frame = frame_around(file, id)) {
    if (const Text* const text = find(*frame)) return *text;
  }
  read_all(file);
  for (const Frame& frame : files_[file].frames) {
    if (const Text* const text = find(frame)) return *text;
  }
  return std::nullopt;
}

}  // namespace pgrec
