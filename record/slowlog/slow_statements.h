// Turns the kernel side's reports of slow statements (bpf/slow.bpf.h) into what a log says of each:
// puts them in order, and adds to each its text and its process. Single-threaded: the caller runs a
// round every few milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "record/host/clocks.h"
#include "record/kernel/hit.h"
#include "record/kernel/rings.h"
#include "record/matching/query_texts.h"
#include "record/matching/sessions.h"
#include "record/server/database_names.h"
#include "record/server/running_queries.h"
#include "record/slowlog/slow_statement_lines.h"

namespace pgrec {

class SlowStatements {
 public:
  // Borrows `rings`, of a session that has been started.
  SlowStatements(Rings& rings, TextMode mode) : rings_(rings), mode_(mode) {}

  // Tells the kernel side what a thread runs. False where it knows better by now.
  using Seed = std::function<bool(const wire_slow_statement&)>;
  // Processes of the server as they were found after the session was started; what they run counts
  // from when it began.
  void begin_with(const std::vector<ServerProcess>& processes, const Seed& seed);

  // Takes in what the rings hold, and gives the statements that are over, in the order of their
  // ends. `now` is the present moment.
  std::vector<SlowStatement> round(const Moment& now);
  // The same of all that is left, once no program runs any more.
  std::vector<SlowStatement> rest(const Moment& now);
  // The errors that were of no statement, up to where the last round came, in order.
  std::vector<ServerError> take_errors() { return std::exchange(errors_, {}); }

  // Takes in the end of a thread that is in no ring.
  void add_end(const ThreadHit& end) { take(end); }

  // Reports taken in so far.
  std::uint64_t taken_in() const { return taken_in_; }
  // Pieces of texts for which there was no memory: their texts cannot be read.
  std::uint64_t without_memory() const { return without_memory_; }

 private:
  struct Slow {
    wire_slow slow{};
    std::uint32_t flags = 0;  // enum wire_slow_flags
    std::string kept;         // of its text
  };
  struct Name {
    bool is_application = false;
    std::string name;
    bool client = false;
  };
  struct Identity {
    std::string title;
    std::optional<ProcessWho> who;
  };
  struct Failure {
    bool of_statement = false;  // which is told next
    std::string severity, sqlstate, message;
  };
  struct Gone {};
  struct Report {
    std::uint64_t ts_ns = 0;
    ThreadKey thread;
    std::variant<Slow, Name, Identity, Failure, Gone> what;
  };
  struct Client {
    std::string title;
    std::optional<ProcessWho> who;
    bool client = false;  // its title said so
    // Of the statement that is told next.
    std::optional<ServerError> error;
  };
  // A statement that is told has ended: its process has changed no more than it did itself.
  static constexpr std::size_t kMostChanges = 256;
  using TextKey = std::pair<ThreadKey, std::uint64_t>;

  bool drain();
  void take(const ThreadHit& hit);
  void take(const SlowHit& hit);
  void take(const NameHit& name);
  void take(const IdentityHit& hit);
  void take(const RoleHit& role);
  void take(const TextHit& piece);
  std::vector<SlowStatement> hand_out(std::uint64_t until_ns, const Moment& now);
  void tell(const Report& report, const Slow& slow, const Moment& now,
            std::vector<SlowStatement>& told);
  void tell(const Report& report, const Failure& failure, const Moment& now);
  // An error that no statement has come for is of none.
  void tell_error_of(Client& client);
  // The text of `slow`, which is forgotten where nothing more can come of it. Nothing where it is
  // of no statement of its message.
  std::optional<Text> text_of(const ThreadKey& thread, const Slow& slow);
  void forget_texts(const ThreadKey& thread, std::uint64_t up_to_key);
  Client& client_of(std::uint32_t pid);
  static void look_at_title(std::uint32_t pid, Client& client);
  // `serves_one`: the process has told that it serves a client. `text`: what it ran.
  static ProcessIdentity identity_of_client(const Report& report, bool serves_one,
                                            std::string_view text, Client& client);

  Rings& rings_;
  TextMode mode_;
  std::vector<Report> waiting_;
  std::map<TextKey, std::string> texts_;           // that were sent
  std::map<ThreadKey, std::uint64_t> told_whole_;  // the text whose last statement was told last
  std::map<std::uint32_t, Client> clients_;        // by pid
  std::vector<ServerError> errors_;
  Sessions sessions_{kMostChanges};
  DatabaseNames databases_;
  std::uint64_t taken_in_ = 0;
  std::uint64_t without_memory_ = 0;
};

}  // namespace pgrec
