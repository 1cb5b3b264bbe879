// Where in a function its entry and return probes go: at its first instruction, or a little behind
// it, where a probe costs a sixth of the time.
//
// The kernel emulates push, a one-byte nop, and direct jumps and calls when a probe stands on them.
// Any other instruction it lets the processor execute out of line, which takes a second trap: on a
// function that begins with endbr64, as compilers make them for control-flow enforcement (Debian
// 13, Ubuntu, RHEL), the probes take 2.7 us a call at its first byte and 0.42 us behind the
// endbr64. So the probes go behind what does nothing that they could notice:
//
// - an endbr64; the only thing that an entry can skip, by a direct call of what is behind it, which
//   enters the function all the same;
// - then up to four instructions and 16 bytes that only compute in registers, other than those of
//   arguments, rax and rsp, if an instruction that is emulated follows them.
//
// There the stack pointer, the return address and the arguments are what they were at the first
// byte, and a probe hits once for each entry if nothing gets there without it. That is shown, not
// assumed:
//
// - No direct jump, and behind an endbr64 no direct call, anywhere in the code arrives between the
//   first byte and the probe. The search for jumps by 32 bits looks at every byte, as if an
//   instruction began there, so that no disagreement about where instructions begin can hide one.
//   That for jumps by 8 bits looks where they can reach from: in the function, and around it. It
//   goes by instructions where these are known to begin at the function or at one before it, else
//   by bytes.
// - No indirect jump gets there: the function has none that can go elsewhere than to an endbr64.
//   And it jumps to no code that could have one, that is, to a part of itself that stands
//   elsewhere: a conditional jump leads to such a part, an unconditional one to another function.
//   This is not asked behind an endbr64 and on a push, which no compiler puts into a loop.
//
// Where that cannot be shown the probes stay at the first byte: slower, and never wrong.
//
// Example: endbr64; mov %rbx,%r10; push %rbp stand at 0, 4 and 7. The probes go to 7; to 0 if
// something jumps to one of the bytes 1 to 7.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "record/binary/code.h"

namespace pgrec {

// For each of `functions`, how many bytes behind its first its probes go. `starts` are the
// addresses where functions are known to begin, in order; the more, the more can be shown. Looks
// through the whole code once if any function needs it.
std::vector<std::uint64_t> probe_points(std::span<const Extent> functions, const Code& code,
                                        std::span<const std::uint64_t> starts);

// Whether the kernel lets the processor step through the instruction at `address` where a probe
// stands on it; also what cannot be decoded.
bool is_stepped(std::uint64_t address, const Code& code);

}  // namespace pgrec
