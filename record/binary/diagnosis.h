// Whether probes see every call of a function, in one word and in a sentence: what pgrec list says,
// and pgrec record before it begins.
#pragma once

#include <string>
#include <vector>

#include "record/binary/elf_image.h"

namespace pgrec {

enum class Verdict {
  kOk,           // every call of its code
  kPartial,      // a stub that callers of its own file go past; probed is its body
  kWrapper,      // it ends by a jump to another function, which returns in its place
  kCopies,       // the compiler made more of it, under names of their own
  kAlias,        // the same code as another function
  kUnprobeable,  // a probe would break it, or the kernel takes none
  kInlined,      // it has no code of its own
};
constexpr int kVerdicts = 7;

// "ok", "partial", …
const char* name(Verdict verdict);
// What it means, in a few words.
const char* meaning(Verdict verdict);

struct Diagnosis {
  Verdict verdict = Verdict::kOk;
  std::string why;                  // empty for kOk
  std::vector<std::string> copies;  // symbols of what some callers use in its place
  // The code that is to be probed: the function's own, or its body.
  Extent probed;
};

// The verdict on each of `functions`, in their order. They and `code` are `image`'s.
std::vector<Diagnosis> diagnose(const std::vector<Symbol>& functions, const ElfImage& image,
                                const Code& code);

}  // namespace pgrec
