// Takes in what the kernel side has put into the rings: goes through all of them, takes each event
// and each record apart, and hands it to a visitor.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <variant>

#include "record/kernel/hit.h"
#include "record/kernel/rings.h"

namespace pgrec {

// Calls `visit` with a ThreadHit&& for each event, and for each record with what it is:
// ThreadHit&&, const TextHit&, const NameHit&, const IdentityHit&, const RoleHit& or const
// SlowHit&, whose texts are valid during the call only. A record that says nothing
// (decode_record()) is left out. All event rings come first, then all record rings, and each ring
// has its own in the order in which they were reserved.
//
// Returns true when everything reserved before the call has been visited. False when something
// still being written stands in the way in one of the rings: what comes after it there is left for
// the next call.
template <typename Visit>
bool take_in(Rings& rings, const RecordContext& context, Visit visit) {
  bool complete = true;
  for (EventRing& ring : rings.events) {
    const bool drained = ring.drain([&](const wire_hit& wire) { visit(decode_hit(wire)); });
    complete = complete && drained;
  }
  const auto decode = [&](std::span<const std::byte> record) {
    DecodedRecord decoded = decode_record(record, context);
    if (auto* hit = std::get_if<ThreadHit>(&decoded)) {
      visit(std::move(*hit));
    } else if (const auto* piece = std::get_if<TextHit>(&decoded)) {
      visit(*piece);
    } else if (const auto* name = std::get_if<NameHit>(&decoded)) {
      visit(*name);
    } else if (const auto* identity = std::get_if<IdentityHit>(&decoded)) {
      visit(*identity);
    } else if (const auto* role = std::get_if<RoleHit>(&decoded)) {
      visit(*role);
    } else if (const auto* slow = std::get_if<SlowHit>(&decoded)) {
      visit(*slow);
    }
  };
  for (RecordRing& ring : rings.records) {
    const bool drained = ring.drain(decode);
    complete = complete && drained;
  }
  return complete;
}

}  // namespace pgrec
