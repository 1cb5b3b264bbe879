// The screen of pgrec list --presets: what each preset is for, what is in it, and what it costs.
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "format/clock.h"
#include "record/binary/elf_image.h"

namespace pgrec {

// The server that the presets are looked up in.
struct PresetSubject {
  std::string name;  // its path
  const ElfImage& image;
  const Code& code;
};

// `subject`: none shows what is in the presets on any version. `call_cost`: of the two probes of a
// call; none shows words only.
void print_presets(std::ostream& out, const PresetSubject* subject,
                   const std::optional<Duration>& call_cost);

// The same for programs: one object of JSON.
std::string presets_json(const PresetSubject* subject, const std::optional<Duration>& call_cost);

}  // namespace pgrec
