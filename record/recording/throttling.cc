#include "record/recording/throttling.h"

#include "record/host/clocks.h"

namespace pgrec {

Metadata Throttling::go_on(std::uint64_t now_ns, Duration elapsed) {
  if (const auto outcome = session_.changes().go_on()) {
    note(*outcome, elapsed);
    return guard_.facts();
  }
  if (session_.changes().is_idle() && guard_.is_due(now_ns)) {
    verdict_ =
        guard_.check(session_.counters().counts(), cpu_.used(), session_.attachments().off());
    if (!verdict_.off.empty()) session_.changes().take_off(verdict_.off);
  }
  return {};
}

// Where they are off, they are so from this moment on.
void Throttling::note(const ProbeChanges::TakenOff& outcome, Duration elapsed) {
  const std::uint64_t now_ns = monotonic_ns();
  if (outcome.refused) return guard_.note_refused(verdict_, elapsed, now_ns, *outcome.refused);
  for (const std::size_t probe : verdict_.off)
    ledger_.take_off(static_cast<std::uint32_t>(probe), now_ns);
  guard_.note_taken_off(verdict_, elapsed);
  guard_.restart(session_.counters().counts(), cpu_.used());
}

}  // namespace pgrec
