#include "analyze/filter/function_choice.h"

#include <algorithm>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// Their calls or hits are in the trace.
bool can_be_chosen(const Function& function) {
  return function.role != Function::Role::kActivity;
}

std::string name_of(const TraceSet& set) {
  return set.is_single() ? set.files().front().reader.name() : plural(set.files().size(), "trace");
}

Error no_function(const TraceSet& set, const NameList& wanted, const std::string& name) {
  std::vector<std::string> names;
  for (const Function& function : set.functions()) {
    if (can_be_chosen(function)) names.push_back(function.name);
  }
  const auto near = nearest(name, names);
  return Error((is_glob(name) ? "no function like " : "no function ") + name + " in " +
                   name_of(set) + place_text(wanted.places, name),
               near.empty() ? "pgrec info lists the functions"
                            : "did you mean " + enumerate(near, "or") + "?");
}

}  // namespace

std::vector<bool> choose_functions(const TraceSet& set, const NameList& wanted) {
  std::vector<bool> chosen;
  for (const std::string& name : wanted.names) {
    bool any = false;
    for (const Function& function : set.functions()) {
      if (!can_be_chosen(function)) continue;
      if (function.name != name && !(is_glob(name) && matches_glob(name, function.name))) continue;
      any = true;
      if (value(function.id) >= chosen.size()) chosen.resize(value(function.id) + 1);
      chosen[value(function.id)] = true;
    }
    if (!any) throw no_function(set, wanted, name);
  }
  return chosen;
}

}  // namespace pgrec
