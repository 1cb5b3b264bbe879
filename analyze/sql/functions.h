// The SQL functions that SQLite lacks and questions of latency need. They change nothing, so views
// may use them.
//
//   capped_sum(X, ...)   aggregate: the sum of all arguments that are not NULL, NULL of none; one
//                        that is too large is the largest INTEGER, where sum() fails and + gives
//                        REAL
//   percentile(X, P)     aggregate: by nearest rank, the smallest X that at least P percent of the
//                        values do not exceed, exact; NULLs are passed over; NULL of none. P is
//                        from 0 to 100, and the same in a group. Takes 8 bytes a value
//   histogram(X)         aggregate: what --hist shows, as JSON:
//                        [{"from":0,"to":1,"count":3},{"from":2,"to":3,"count":0}, ...], a row for
//                        each power of two from the first that has a value to the last; [] of none
//   log2_bucket(X)       the largest power of two that is not above X; 0 of what is below 1; NULL
//                        of what is below 0 or no number
//   duration_text(NS)    "1.23 ms"; NULL of what is no number
//
// A text or a BLOB that is no number is an error of the aggregates, but of capped_sum, where it
// is 0. Fractions of nanoseconds are left out.
#pragma once

struct sqlite3;

namespace pgrec {

// Throws Error with SQLite's words.
void add_functions(sqlite3* connection);

}  // namespace pgrec
