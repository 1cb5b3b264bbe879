#include "record/server/error_reports.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "record/binary/data_flow.h"

namespace pgrec {
namespace {

constexpr std::int64_t kLeastBytes = 64;  // of ErrorData
constexpr std::int64_t kMostBytesOfError = 1024;
constexpr std::int64_t kErrors = 5;  // ERRORDATA_STACK_SIZE
constexpr std::size_t kMostNotices = 2;

// A member of the innermost error: the index times the bytes of one, and where that of the first
// is.
bool is_member(const Value& place) {
  return place.of == Value::Of::kVariable && place.factor >= kLeastBytes &&
         place.factor <= kMostBytesOfError && place.factor % 8 == 0 &&
         place.number > kMostBytesOfError;
}

bool is_of_same_array(const Value& one, const Value& other) {
  return one.of == other.of && one.which == other.which && one.factor == other.factor;
}

// sqlerrcode in ErrorData of elog.h, and ERROR, by versions.
std::int64_t sqlstate_in(int major) {
  return major == 0 ? 0 : major >= 14 ? 48 : 56;
}
std::uint32_t least_error_in(int major) {
  return major == 0 ? 0 : major >= 14 ? 21 : 20;
}

class Search {
 public:
  Search(const ElfImage& image, const Code& code, int major)
      : image_(image), code_(code), major_(major) {
    for (const Symbol& function : image.functions) {
      // Parts of functions have names with a dot.
      if (function.name.find('.') == std::string::npos) starts_.insert(function.address);
    }
  }

  ErrorReports reports() {
    ErrorReports found;
    if (const auto sqlstate = sqlstate_place()) {
      found.depth = sqlstate->which;
      found.bytes = static_cast<std::uint32_t>(sqlstate->factor);
      found.sqlstates = static_cast<std::uint64_t>(sqlstate->number);
      found.levels = first_error(*sqlstate).value_or(0);
      found.least_error = least_error();
    }
    found.notices = notices();
    return found;
  }

 private:
  const DataFlow& flow(const std::string& function) {
    const auto [known, is_new] = flows_.try_emplace(function);
    const auto found = image_.find(function);
    if (is_new && !found.empty()) {
      known->second = follow({found.front().address, found.front().bytes}, code_,
                             [this](std::uint64_t address) { return starts_.contains(address); });
    }
    return known->second;
  }

  std::uint64_t address_of(const std::string& function) const {
    const auto found = image_.find(function);
    return found.empty() ? 0 : found.front().address;
  }

  // The symbols, where they fit.
  std::optional<Value> array_by_symbols() const {
    const auto errors = image_.find_local("errordata");
    const auto depth = image_.find_local("errordata_stack_depth");
    if (!errors || !depth || depth->bytes != 4 || errors->bytes % kErrors != 0) return std::nullopt;
    const Value array{Value::Of::kVariable, depth->address,
                      static_cast<std::int64_t>(errors->bytes) / kErrors,
                      static_cast<std::int64_t>(errors->address)};
    return is_member(array) ? std::optional(array) : std::nullopt;
  }

  // Where errcode() puts its argument; nothing where that is several places, or none.
  std::optional<Value> place_by_code() {
    std::optional<Value> place;
    for (const DataFlow::Access& access : flow("errcode").accesses) {
      if (!access.store || access.bytes != 4 || access.stored != Value::argument(0)) continue;
      if (!is_member(access.address) || (place && *place != access.address)) return std::nullopt;
      place = access.address;
    }
    return place;
  }

  // Another function says the same of it.
  bool is_confirmed(const Value& place) {
    const auto& readers = flow("geterrcode").accesses;
    if (std::any_of(readers.begin(), readers.end(), [&](const DataFlow::Access& access) {
          return !access.store && access.bytes == 4 && access.address == place;
        }))
      return true;
    const auto is_reset = [&](const DataFlow::Access& access) {
      return access.store && access.bytes == 4 &&
             access.address == Value::of_number(static_cast<std::int64_t>(place.which)) &&
             access.stored.of == Value::Of::kNumber &&
             static_cast<std::int32_t>(access.stored.number) == -1;
    };
    const auto& writers = flow("FlushErrorState").accesses;
    return std::any_of(writers.begin(), writers.end(), is_reset);
  }

  std::optional<Value> sqlstate_place() {
    const auto array = array_by_symbols();
    const auto place = place_by_code();
    if (!place) {
      if (!array || major_ == 0) return std::nullopt;
      Value by_version = *array;
      by_version.number += sqlstate_in(major_);
      return by_version;
    }
    if (!array) return is_confirmed(*place) ? place : std::nullopt;
    const std::int64_t offset = place->number - array->number;
    const bool fits = is_of_same_array(*place, *array) && offset > 0 && offset < place->factor;
    return fits ? place : std::nullopt;
  }

  // The least place in the error that a function looks at or reckons: what comes first in one is
  // its level, which these functions need.
  std::optional<std::int64_t> least_place(const std::string& function, const Value& sqlstate) {
    std::optional<std::int64_t> least;
    const auto look = [&](const Value& place) {
      if (!is_of_same_array(place, sqlstate) || place.number > sqlstate.number ||
          place.number <= sqlstate.number - place.factor)
        return;
      least = std::min(least.value_or(place.number), place.number);
    };
    for (const DataFlow::Access& access : flow(function).accesses)
      look(access.address);
    for (const Value& sum : flow(function).sums)
      look(sum);
    return least;
  }

  // At least two have to say so, and more than say anything else.
  std::optional<std::uint64_t> first_error(const Value& sqlstate) {
    std::map<std::int64_t, int> votes;
    if (const auto array = array_by_symbols()) ++votes[array->number];
    if (major_ > 0) ++votes[sqlstate.number - sqlstate_in(major_)];
    for (const char* function : {"errfinish", "EmitErrorReport", "CopyErrorData"}) {
      if (const auto place = least_place(function, sqlstate)) ++votes[*place];
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == votes.end() || most->second < 2 ||
        std::count_if(votes.begin(), votes.end(),
                      [&](const auto& one) { return one.second == most->second; }) > 1)
      return std::nullopt;
    return static_cast<std::uint64_t>(most->first);
  }

  // The level of the error that errcode() raises where there is none to write into.
  std::uint32_t least_error() {
    constexpr std::int64_t kLeast = 20, kMost = 21;
    const std::set<std::uint64_t> raise = {address_of("errstart"), address_of("errstart_cold")};
    std::set<std::uint32_t> levels;
    for (const DataFlow::Call& call : flow("errcode").calls) {
      if (raise.contains(call.target) && call.first.of == Value::Of::kNumber &&
          call.first.number >= kLeast && call.first.number <= kMost)
        levels.insert(static_cast<std::uint32_t>(call.first.number));
    }
    if (major_ > 0) levels.insert(least_error_in(major_));
    return levels.size() == 1 ? *levels.begin() : 0;
  }

  std::vector<std::uint64_t> notices() {
    const DataFlow& finish = flow("errfinish");
    std::set<std::uint64_t> returns;
    for (const DataFlow::Call& call : finish.calls) {
      if (call.target == address_of("EmitErrorReport")) returns.insert(call.returns_to);
    }
    if (!finish.complete || returns.contains(0) || returns.size() > kMostNotices) return {};
    return {returns.begin(), returns.end()};
  }

  const ElfImage& image_;
  const Code& code_;
  const int major_;
  std::set<std::uint64_t> starts_;
  std::map<std::string, DataFlow> flows_;
};

}  // namespace

ErrorReports find_error_reports(const ElfImage& image, const Code& code, int major) {
  return Search(image, code, major).reports();
}

}  // namespace pgrec
