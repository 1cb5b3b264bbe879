// Tries the features of recording, each as a recording would use it: loads its programs, attaches
// them to a function of pgrec's own and calls that. Touches no other program.
#pragma once

namespace pgrec {

// Each throws Error with a hint where the kernel refuses it, or where it does not do what it
// should. `verbose` is for KernelSession.

void try_calls(bool verbose);          // their entries and returns
void try_filters(bool verbose);        // -p, --min-duration and --sample
void try_points(bool verbose);         // USDT probes and their semaphores
void try_query_hooks(bool verbose);    // loaded and in place; they are not called
void try_slowlog_hooks(bool verbose);  // the same of those for slow statements
void try_kernel_events(bool verbose);  // ends of threads, and children of processes

}  // namespace pgrec
