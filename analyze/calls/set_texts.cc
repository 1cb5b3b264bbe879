#include "analyze/calls/set_texts.h"

#include <algorithm>

#include "format/postgres/statement_fingerprint.h"
#include "format/postgres/statement_text.h"

namespace pgrec {
namespace {

// Ids are dense but for those of foreign writers; one further away is not held by its place.
constexpr std::uint32_t kMostGap = 1u << 16;
constexpr std::size_t kHeldFrames = 8;

}  // namespace

bool is_verbatim(const Text& text) {
  return !text.withheld && !text.normalized && !text.unreadable;
}

std::optional<std::string> shown_text(const Text& text) {
  if (text.normalized) return text.text;
  if (!is_verbatim(text)) return std::nullopt;
  if (text.text.starts_with(kAutovacuumText)) return text.text;
  return text_without_literals(text.text, text.cut, Doubt::kTakesTheLikely);
}

SetTexts::SetTexts(TraceSet& set) : set_(set), files_(set.files().size()) {
  for (TraceSet::File& file : set.files())
    read(file, files_[file.number]);
}

void SetTexts::read(TraceSet::File& file, OfFile& texts) {
  for (const FrameRef& frame : file.reader.frames()) {
    if (frame.type != layout::FrameType::kTexts) continue;
    const auto payload = file.reader.read(frame);
    if (!payload) continue;
    const auto rows = decode_texts(payload->rest());
    if (!rows) {
      file.reader.add_damage(frame, "the table does not decode");
      continue;
    }
    if (rows->empty()) continue;
    Frame one{frame, UINT32_MAX, 0};
    for (const Text& text : *rows) {
      one.first = std::min(one.first, value(text.id));
      one.last = std::max(one.last, value(text.id));
      keep(texts, text.id, said_by(text));
    }
    texts.frames.push_back(one);
  }
}

// Of two texts with one id the first holds.
void SetTexts::keep(OfFile& texts, TextId id, Said said) {
  const std::size_t place = value(id);
  if (place >= texts.dense.size() + kMostGap) {
    texts.others.emplace(value(id), said);
    return;
  }
  if (place >= texts.dense.size()) texts.dense.resize(place + 1);
  if (texts.dense[place] == kNothingSaid) texts.dense[place] = said;
}

Said SetTexts::said_by(const Text& text) {
  if (text.unreadable) return kNothingSaid;
  const bool is_own = is_verbatim(text) && text.text.starts_with(kAutovacuumText);
  std::uint64_t fingerprint = text.fingerprint;
  if (fingerprint == 0 && is_verbatim(text) && !is_own)
    fingerprint = statement_fingerprint(text.text, text.cut);
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

Said SetTexts::said(const TraceSet::File& file, TextId id) const {
  const OfFile& texts = files_[file.number];
  if (value(id) < texts.dense.size() && texts.dense[value(id)] != kNothingSaid)
    return texts.dense[value(id)];
  const auto other = texts.others.find(value(id));
  return other == texts.others.end() ? kNothingSaid : other->second;
}

Said SetTexts::said(std::uint64_t fingerprint) const {
  const auto found = by_fingerprint_.find(fingerprint);
  return found == by_fingerprint_.end() ? kNothingSaid : found->second;
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
  const std::lock_guard lock(held_lock_);
  for (const Frame& frame : files_[file].frames) {
    if (value(id) < frame.first || value(id) > frame.last) continue;
    const auto* texts = texts_of(file, frame);
    if (!texts) continue;
    for (const Text& text : *texts) {
      if (text.id == id) return text;
    }
  }
  return std::nullopt;
}

}  // namespace pgrec
