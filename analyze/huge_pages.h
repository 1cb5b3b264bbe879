// Memory of the process in pages larger than 4 KB.
#pragma once

namespace pgrec {

// Has malloc give the first 16 MB from memory for which the kernel may use huge pages
// (transparent_hugepage: madvise or always), and keep what is freed of blocks below 32 MB. With a
// malloc other than glibc's nothing changes. For commands that end within milliseconds: the first
// touch of a page of 4 KB is a fault, which takes a virtual machine some ten microseconds, and
// a chunk's calls as columns take 2,000 pages. Call it before much is allocated.
void use_huge_pages();

}  // namespace pgrec
