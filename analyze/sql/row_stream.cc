#include "analyze/sql/row_stream.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "format/error.h"

namespace pgrec {
namespace {

constexpr std::size_t kMostReady = 4;
constexpr std::size_t kMostBytes = 1u << 20;

}  // namespace

RowBatch& RowStream::Into::batch() {
  RowStream& stream = stream_;
  if (stream.filling_.size() >= stream.most_rows_ || stream.filling_.bytes() >= kMostBytes)
    stream.hand_over();
  return stream.filling_;
}

RowStream::RowStream(const std::vector<RelationColumn>& columns, ColumnSet wanted, Pass pass)
    : columns_(columns), wanted_(wanted), filling_(columns, wanted), given_(columns, wanted) {
  try {
    thread_ = std::thread([this, pass = std::move(pass)] { run(pass); });
  } catch (const std::system_error&) {
    throw Error("there is no thread to be had to read the trace", "raise the limit of processes");
  }
}

RowStream::~RowStream() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void RowStream::run(const Pass& pass) {
  std::exception_ptr failure;
  try {
    Into into(*this);
    pass(into);
    hand_over();
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  ended_ = true;
  changed_.notify_all();
}

void RowStream::hand_over() {
  if (filling_.size() == 0) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || ready_.size() < kMostReady; });
  if (stopped_) {
    filling_.clear();
    return;
  }
  ready_.push_back(std::exchange(filling_, RowBatch(columns_, wanted_)));
  most_rows_ = std::min<std::size_t>(most_rows_ * 8, Block::kRows);
  changed_.notify_all();
}

RowBatch* RowStream::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || !ready_.empty(); });
  if (ready_.empty()) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return nullptr;
  }
  given_ = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return &given_;
}

}  // namespace pgrec
