// The frames of a trace, or its chunks, in the order of the file: those that a FrameFinder holds,
// then the ones behind them, to which each pass walks again. So a reader's memory does not grow
// with the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <type_traits>

#include "format/trace/frame_finder.h"

namespace pgrec {

// `Ref`: FrameRef or ChunkRef. Borrows the finder, and holds too what that finds later.
template <typename Ref>
class FrameRange {
  static constexpr bool kChunks = std::is_same_v<Ref, ChunkRef>;

 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Ref;
    using difference_type = std::ptrdiff_t;
    using pointer = const Ref*;
    using reference = const Ref&;

    Iterator(const FrameFinder& finder, std::uint64_t number) : finder_(&finder), number_(number) {}

    // What the file has no longer has no bytes, and cannot be read.
    const Ref& operator*() const {
      if (number_ < held().size()) return held()[number_];
      if (!walk_) {
        walk_ = finder_->behind_list();
        walked_ = held().size();
      }
      for (; walked_ <= number_; ++walked_)
        current_ = next();
      return current_;
    }
    const Ref* operator->() const { return &**this; }
    Iterator& operator++() {
      ++number_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return number_ == other.number_; }

   private:
    const std::deque<Ref>& held() const {
      if constexpr (kChunks) {
        return finder_->list().chunks;
      } else {
        return finder_->list().frames;
      }
    }
    Ref next() const {
      while (const auto step = walk_->next(finder_->limit(), true, nullptr)) {
        if constexpr (kChunks) {
          if (step->is_chunk) return {step->frame, step->chunk};
        } else {
          return step->frame;
        }
      }
      return {};
    }

    const FrameFinder* finder_;
    std::uint64_t number_;
    mutable std::optional<FrameWalk> walk_;  // behind the frame or chunk number walked_ - 1
    mutable std::uint64_t walked_ = 0;
    mutable Ref current_{};
  };

  explicit FrameRange(const FrameFinder& finder) : finder_(finder) {}

  Iterator begin() const { return {finder_, 0}; }
  Iterator end() const { return {finder_, size()}; }
  std::uint64_t size() const { return kChunks ? finder_.chunks() : finder_.frames(); }
  bool empty() const { return size() == 0; }
  // One that is not held takes a walk.
  Ref operator[](std::uint64_t number) const { return *Iterator(finder_, number); }

 private:
  const FrameFinder& finder_;
};

}  // namespace pgrec
