// Memory of the process in pages larger than 4 KB.
#pragma once

namespace pgrec {

// Has malloc take the first tens of megabytes from memory for which the kernel may use huge pages
// (transparent_hugepage: madvise or always; elsewhere nothing changes). For commands that end
// within milliseconds: the first touch of a page of 4 KB is a fault, which a virtual machine makes
// several microseconds of, and a chunk's calls as columns take 2,000 pages. Call it before much is
// allocated.
void use_huge_pages();

}  // namespace pgrec
