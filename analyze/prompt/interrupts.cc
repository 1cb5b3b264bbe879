#include "analyze/prompt/interrupts.h"

#include <atomic>
#include <csignal>

namespace pgrec {
namespace {

std::atomic<Database*> running{nullptr};
std::atomic<bool> interrupted{false};
static_assert(std::atomic<Database*>::is_always_lock_free);  // for use in a signal's handler

struct sigaction before {};

void take_interrupt(int) {
  interrupted = true;
  if (Database* const database = running) database->interrupt();
}

}  // namespace

Interrupts::Interrupts(Database& database) {
  interrupted = false;
  running = &database;
  database.interrupt_where(&Interrupts::came);  // a signal may come just before a statement begins
  struct sigaction action {};
  action.sa_handler = take_interrupt;  // without SA_RESTART: what waits for a key is woken
  ::sigaction(SIGINT, &action, &before);
}

Interrupts::~Interrupts() {
  ::sigaction(SIGINT, &before, nullptr);
  if (Database* const database = running.exchange(nullptr)) database->interrupt_where(nullptr);
}

bool Interrupts::came() {
  return interrupted;
}

void Interrupts::forget() {
  interrupted = false;
}

std::streamsize OutputUntilInterrupt::xsputn(const char* bytes, std::streamsize count) {
  return interrupted ? 0 : behind_->sputn(bytes, count);
}

OutputUntilInterrupt::int_type OutputUntilInterrupt::overflow(int_type c) {
  if (interrupted) return traits_type::eof();
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  return behind_->sputc(traits_type::to_char_type(c));
}

}  // namespace pgrec
