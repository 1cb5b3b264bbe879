// Whose parallel workers run now. The postmaster makes them, so they descend from no backend.
#pragma once

#include <cstdint>
#include <vector>

namespace pgrec {

// Those that work for one of `leaders`, by their titles. Leaves out what is gone meanwhile.
std::vector<std::uint32_t> parallel_workers_of(const std::vector<std::uint32_t>& leaders);

}  // namespace pgrec
