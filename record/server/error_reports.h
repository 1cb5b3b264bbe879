// Where a server keeps the errors that it is handling, and which of its reports of errors say that
// what it ran is over: told from its code, whatever compiler made it, and from its symbols where it
// has them. What one function shows has to be confirmed by another; what is not known costs as
// little as can be:
//
//   known                              is told of what failed
//   the SQLSTATE of an error           its SQLSTATE
//   its level, or who reports errors   that it failed
//   none of both                       nothing
//
// elog.c has had this shape since long before PostgreSQL 10:
//
//   static ErrorData errordata[5];                        the errors, the innermost last
//   static int errordata_stack_depth = -1;                the index of that
//   int errcode(int sqlerrcode)                           writes its argument into it
//   int geterrcode(void)                                  reads that again
//   void FlushErrorState(void)                            sets the index to -1, like all others
//                                                         that find it below 0, by an ERROR
//   void errfinish(…), EmitErrorReport(void)              read its level, which comes first in it
//
// errfinish() calls EmitErrorReport() for what is no ERROR, and for FATAL. An ERROR it throws, and
// where nothing catches that, another function reports it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/binary/code.h"
#include "record/binary/elf_image.h"

namespace pgrec {

// Addresses are virtual, as the file has them.
struct ErrorReports {
  std::uint64_t depth = 0;        // of the index of the innermost (int); 0: not known
  std::uint32_t bytes = 0;        // of one error
  std::uint64_t sqlstates = 0;    // of the SQLSTATE of the first; 0: not known
  std::uint64_t levels = 0;       // of the level of the first; 0: not known
  std::uint32_t least_error = 0;  // the level ERROR; 0: not known
  // Where reports return to that may end nothing, or are of FATAL. All others are of an ERROR.
  // Empty where that is not known.
  std::vector<std::uint64_t> notices;
  bool operator==(const ErrorReports&) const = default;

  bool by_level() const { return levels != 0 && least_error != 0; }
  bool by_caller() const { return !notices.empty(); }
};

// How far what is said of an error stands behind its SQLSTATE in an ErrorData of the known
// versions: its message, and what that was made of (`message_id`), like 'relation "%s" does not
// exist'.
inline constexpr std::uint32_t kMessageAt = 8;
inline constexpr std::uint32_t kMessageIdAt = 56;

// Of the server `image`, with its `code`. `major`: its version where that is known, else 0; it is
// asked only for what the code does not show, and to confirm.
ErrorReports find_error_reports(const ElfImage& image, const Code& code, int major);

}  // namespace pgrec
