// Names of C++ functions as people write them.
#pragma once

#include <string>

namespace pgrec {

// "_ZN4shop3addEi" -> "shop::add(int)"; a name that is not mangled comes back as it is.
std::string demangled(const std::string& name);

// "shop::add(int)" and "void shop::add<int>(int)" -> "shop::add" and "shop::add<int>": without the
// type of the result, which demangled names of templates have, and the parameters and what follows
// them. A name that has none comes back as it is.
std::string without_parameters(const std::string& name);

}  // namespace pgrec
