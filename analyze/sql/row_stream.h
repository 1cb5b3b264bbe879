// Rows that a pass hands out one by one, to one who pulls them: the pass runs on a thread of its
// own, a few batches ahead, and ends when nobody wants more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "analyze/sql/row_batch.h"

namespace pgrec {

class RowStream {
 public:
  // Where the pass puts its rows.
  class Into {
   public:
    // The batch for the next row. Waits while batches enough are ahead.
    RowBatch& batch();
    // Nobody wants more.
    bool is_done() const { return stream_.stopped_; }

   private:
    friend class RowStream;
    explicit Into(RowStream& stream) : stream_(stream) {}
    RowStream& stream_;
  };
  // Runs on the thread; returns at the end, or soon after is_done(). What it throws, next() throws.
  using Pass = std::function<void(Into&)>;

  RowStream(const std::vector<RelationColumn>& columns, ColumnSet wanted, Pass pass);
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;
  // Waits for the pass.
  ~RowStream();

  // The next batch, not empty, valid until the next call; null at the end.
  RowBatch* next();

 private:
  void run(const Pass& pass);
  void hand_over();

  const std::vector<RelationColumn> columns_;
  const ColumnSet wanted_;
  RowBatch filling_;
  std::size_t most_rows_ = 1;  // of the batch that is filled: the first are small, to come soon
  RowBatch given_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RowBatch> ready_;
  std::atomic<bool> stopped_ = false;
  bool ended_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace pgrec
