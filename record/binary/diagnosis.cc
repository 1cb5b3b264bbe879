#include "record/binary/diagnosis.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "format/print/join.h"
#include "format/print/units.h"
#include "record/binary/demangled.h"
#include "record/binary/function_names.h"
#include "record/binary/function_shape.h"
#include "record/binary/machine_code.h"
#include "record/binary/uprobe_rules.h"
#include "record/host/kernel_version.h"

namespace pgrec {
namespace {

// What all diagnoses of a binary look things up in.
struct Binary {
  Binary(const ElfImage& its_image, const Code& its_code) : image(its_image), code(its_code) {
    // The first name of an address is the function, the others are its aliases.
    for (const Symbol& function : image.functions)
      names.emplace(function.address, function.name);
  }

  // "NAME at 0x…" of the code at `address`, by its place in the file.
  std::string place(std::uint64_t address) const {
    const auto found = names.find(address);
    return fmt::format("{} at {:#x}",
                       found == names.end() ? "code without a name" : demangled(found->second),
                       code.file_offset(address).value_or(address));
  }

  const ElfImage& image;
  const Code& code;
  NamesByAddress names;
  const KernelVersion kernel = running_kernel();
};

// Names of what the compiler made of `function` beside it, as the symbols tell them.
std::vector<std::string> clones(const Symbol& function, const ElfImage& image) {
  std::vector<std::string> found;
  for (const char* kind : {".constprop.", ".isra."}) {
    const std::string prefix = function.name + kind;
    auto clone = std::lower_bound(
        image.functions.begin(), image.functions.end(), prefix,
        [](const Symbol& symbol, const std::string& wanted) { return symbol.name < wanted; });
    for (; clone != image.functions.end() && clone->name.compare(0, prefix.size(), prefix) == 0;
         ++clone) {
      if (clone->name.find(".cold") == std::string::npos) found.push_back(clone->name);
    }
  }
  return found;
}

std::string why_partial(const FunctionShape& shape, const Binary& binary) {
  return fmt::format(
      "it only asks whether there is work to do; {} {} past it to the work, {}, so that is where "
      "its probes are put",
      plural(shape.bypassed_by, "other function"), shape.bypassed_by == 1 ? "goes" : "go",
      binary.place(shape.other.address));
}

// The verdict on `function`, whose shape is `shape`.
Diagnosis diagnosis(const Symbol& function, const FunctionShape& shape, const Binary& binary) {
  Diagnosis found;
  found.probed = {function.address, function.bytes};
  const auto say = [&found](Verdict verdict, const std::string& why) {
    found.verdict = verdict;
    found.why = why;
    return found;
  };
  if (needs_its_return_address(function.name))
    return say(Verdict::kUnprobeable, "a return probe in it would break the program");
  const auto first = decode_instruction(binary.code.at(function.address), function.address);
  if (!first) return say(Verdict::kUnprobeable, "there is no code where its symbol stands");
  const std::string& primary = binary.names.at(function.address);
  const bool partial = shape.kind == FunctionShape::Kind::kPartial && primary == function.name;
  if (partial) found.probed = shape.other;
  if (const char* why = why_unprobeable(binary.code.at(found.probed.address), binary.kernel))
    return say(Verdict::kUnprobeable, why);
  if (primary != function.name)
    return say(Verdict::kAlias, "it is the same code as " + demangled(primary));
  if (partial) return say(Verdict::kPartial, why_partial(shape, binary));
  found.copies = clones(function, binary.image);
  if (!found.copies.empty()) {
    return say(Verdict::kCopies,
               fmt::format("some callers use {} in its place: probe {} too",
                           join(found.copies, ", "), found.copies.size() == 1 ? "that" : "those"));
  }
  if (const auto same = binary.image.find(function.name).size(); same > 1)
    return say(Verdict::kCopies, fmt::format("one of {} functions of that name", same));
  if (shape.kind == FunctionShape::Kind::kWrapper) {
    return say(Verdict::kWrapper, fmt::format("it ends by a jump to {}: both return at once",
                                              binary.place(shape.other.address)));
  }
  return found;
}

}  // namespace

const char* name(Verdict verdict) {
  static constexpr std::array<const char*, kVerdicts> kNames = {
      "ok", "partial", "wrapper", "copies", "alias", "unprobeable", "inlined"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

const char* meaning(Verdict verdict) {
  static constexpr std::array<const char*, kVerdicts> kMeanings = {
      "every call is seen",
      "a stub that some callers go past; its body is probed",
      "every call is seen; another function returns in its place",
      "there is more than one of it",
      "the same code as another function",
      "a probe would break it, or is refused",
      "it has no code of its own"};
  return kMeanings.at(static_cast<std::size_t>(verdict));
}

std::vector<Diagnosis> diagnose(const std::vector<Symbol>& functions, const ElfImage& image,
                                const Code& code) {
  const Binary binary(image, code);
  std::vector<Extent> extents;
  extents.reserve(functions.size());
  for (const Symbol& function : functions)
    extents.push_back({function.address, function.bytes});
  const auto shapes = function_shapes(extents, code, binary.names);
  std::vector<Diagnosis> diagnoses;
  diagnoses.reserve(functions.size());
  for (std::size_t i = 0; i < functions.size(); ++i)
    diagnoses.push_back(diagnosis(functions[i], shapes[i], binary));
  return diagnoses;
}

}  // namespace pgrec
