#include "record/binary/eh_frame.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>

namespace pgrec {
namespace {

// The two halves of DW_EH_PE_…, which says how an address is written.
constexpr std::uint64_t kFormat = 0x0f;
constexpr std::uint64_t kBase = 0xf0;

// Takes addresses from the front of `rest`, a part of `section`, which stands at `address`.
class Addresses {
 public:
  Addresses(ByteView section, std::uint64_t address, ByteView rest)
      : section_(section), address_(address), rest_(rest) {}

  // Nothing where it is cut, or written in a way that is not known.
  std::optional<std::uint64_t> take(std::uint64_t encoding) {
    const auto here = address_ + static_cast<std::uint64_t>(rest_.data() - section_.data());
    const auto value = take_number(encoding & kFormat);
    switch (encoding & kBase) {
      case DW_EH_PE_absptr:
        return value;
      case DW_EH_PE_pcrel:
        return value ? std::optional(*value + here) : std::nullopt;
      default:
        return std::nullopt;
    }
  }
  std::optional<std::uint64_t> take_byte() { return take_as<std::uint8_t>(); }

 private:
  template <typename Number>
  std::optional<std::uint64_t> take_as() {
    if (rest_.size() < sizeof(Number)) return std::nullopt;
    Number value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  }
  std::optional<std::uint64_t> take_number(std::uint64_t format) {
    switch (format) {
      case DW_EH_PE_absptr:
      case DW_EH_PE_udata8:
      case DW_EH_PE_sdata8:
        return take_as<std::uint64_t>();
      case DW_EH_PE_udata2:
        return take_as<std::uint16_t>();
      case DW_EH_PE_udata4:
        return take_as<std::uint32_t>();
      case DW_EH_PE_sdata2:
        return take_as<std::int16_t>();
      case DW_EH_PE_sdata4:
        return take_as<std::int32_t>();
      default:
        return std::nullopt;
    }
  }

  ByteView section_;
  std::uint64_t address_;
  ByteView rest_;
};

// How the entries that share `common` write their addresses.
std::optional<std::uint64_t> address_encoding(const Dwarf_CIE& common) {
  const std::string_view augmentation = common.augmentation;
  if (augmentation.empty()) return DW_EH_PE_absptr;
  if (augmentation.front() != 'z') return std::nullopt;
  const ByteView data(common.augmentation_data, common.augmentation_data_size);
  Addresses values(data, 0, data);
  for (const char kind : augmentation.substr(1)) {
    if (kind == 'R') return values.take_byte();
    if (kind == 'L') {
      if (!values.take_byte()) return std::nullopt;
    } else if (kind == 'P') {
      const auto encoding = values.take_byte();
      if (!encoding || !values.take(*encoding & kFormat)) return std::nullopt;
    } else if (kind != 'S' && kind != 'B') {
      return std::nullopt;
    }
  }
  return DW_EH_PE_absptr;
}

// Four zero bytes end what one object file had. libdw ends there.
bool is_terminator(ByteView rest) {
  constexpr std::size_t kBytes = 4;
  return rest.size() >= kBytes &&
         std::all_of(rest.begin(), rest.begin() + kBytes, [](std::uint8_t b) { return b == 0; });
}

void sort_by_address(std::vector<Extent>& extents) {
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
    return a.address < b.address || (a.address == b.address && a.bytes < b.bytes);
  });
  extents.erase(
      std::unique(extents.begin(), extents.end(),
                  [](const Extent& a, const Extent& b) { return a.address == b.address; }),
      extents.end());
}

}  // namespace

std::vector<Extent> frame_extents(ByteView section, std::uint64_t address) {
  static constexpr unsigned char kIdent[EI_NIDENT] = {ELFMAG0, ELFMAG1,    ELFMAG2,
                                                      ELFMAG3, ELFCLASS64, ELFDATA2LSB};
  Elf_Data data{};
  data.d_buf = const_cast<std::uint8_t*>(section.data());  // libdw only reads
  data.d_size = section.size();
  std::vector<Extent> found;
  std::map<std::uint64_t, std::optional<std::uint64_t>> encodings;  // by where the common entry is
  for (Dwarf_Off at = 0, next = 0; at < section.size(); at = next) {
    next = section.size();  // libdw leaves it where it cannot tell the entry's length
    Dwarf_CFI_Entry entry;
    const int result = dwarf_next_cfi(kIdent, &data, true, at, &next, &entry);
    if (result > 0 && is_terminator(section.subspan(at))) {
      next = at + 4;
    } else if (result == 0 && dwarf_cfi_cie_p(&entry)) {
      encodings[at] = address_encoding(entry.cie);
    } else if (result == 0) {
      const auto encoding = encodings.find(entry.fde.CIE_pointer);
      if (encoding == encodings.end() || !encoding->second) continue;
      Addresses values(section, address, {entry.fde.start, entry.fde.end});
      const auto begin = values.take(*encoding->second);
      const auto bytes = values.take(*encoding->second & kFormat);
      if (begin && bytes && *bytes > 0 && *begin > 0) found.push_back({*begin, *bytes});
    }
  }
  sort_by_address(found);
  return found;
}

}  // namespace pgrec
