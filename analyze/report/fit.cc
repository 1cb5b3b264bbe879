#include "analyze/report/fit.h"

#include <algorithm>

namespace pgrec {
namespace {

class Fitting {
 public:
  Fitting(const std::vector<ColumnRoom>& columns, std::size_t width)
      : columns_(columns), width_(width) {
    for (std::size_t c = 0; c < columns.size(); ++c)
      shown_.push_back({c, columns[c].natural});
  }

  // Whether the columns that are left fit when cut; with `all` those that are not flexible, too.
  bool fits(bool all) {
    for (FittedColumn& one : shown_)
      one.width = columns_[one.column].natural;
    shrink(false);
    if (all) shrink(true);
    return excess() == 0;
  }

  bool leave_out_by_priority() {
    auto last = shown_.end();
    for (auto one = shown_.begin(); one != shown_.end(); ++one) {
      const int priority = columns_[one->column].priority;
      if (priority > 0 && (last == shown_.end() || priority >= columns_[last->column].priority)) {
        last = one;
      }
    }
    if (last == shown_.end() || shown_.size() == 1) return false;
    shown_.erase(last);
    return true;
  }

  bool leave_out_rightmost() {
    if (shown_.size() <= 1) return false;
    shown_.pop_back();
    return true;
  }

  const std::vector<FittedColumn>& shown() const { return shown_; }

 private:
  std::size_t excess() const {
    std::size_t line = shown_.empty() ? 0 : (shown_.size() - 1) * kGap;
    for (const FittedColumn& one : shown_)
      line += one.width;
    return line > width_ ? line - width_ : 0;
  }

  bool can_shrink(const FittedColumn& one, bool all) const {
    const ColumnRoom& column = columns_[one.column];
    return (all || column.flexible) && one.width > column.least;
  }

  // Takes from the widest down to the next one, until the line fits or nothing more can be taken.
  void shrink(bool all) {
    for (std::size_t left = excess(); left > 0; left = excess()) {
      FittedColumn* widest = nullptr;
      std::size_t next = 0;
      for (FittedColumn& one : shown_) {
        if (!can_shrink(one, all)) continue;
        if (!widest || one.width > widest->width) {
          if (widest) next = std::max(next, widest->width);
          widest = &one;
        } else {
          next = std::max(next, one.width);
        }
      }
      if (!widest) return;
      const std::size_t wanted = widest->width > left ? widest->width - left : 0;
      const std::size_t level = next < widest->width ? next : widest->width - 1;
      widest->width = std::max({wanted, level, columns_[widest->column].least});
    }
  }

  const std::vector<ColumnRoom>& columns_;
  std::size_t width_;
  std::vector<FittedColumn> shown_;
};

}  // namespace

std::vector<FittedColumn> fit(const std::vector<ColumnRoom>& columns, std::size_t width) {
  Fitting fitting(columns, width);
  while (!fitting.fits(false)) {
    if (!fitting.leave_out_by_priority()) {
      while (!fitting.fits(true) && fitting.leave_out_rightmost()) {
      }
      break;
    }
  }
  return fitting.shown();
}

}  // namespace pgrec
