// The calls that a thread has open.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "format/event.h"

namespace pgrec {

// Stands for "none" in an open call; no execution has this id. An optional would take a second
// word, which slows passes by a tenth.
constexpr ExecutionId kNoExecution{UINT64_MAX};

// A call that has not ended yet.
struct OpenCall {
  CallId id{};
  FunctionId function{};
  Timestamp entered{};
  Duration children{};  // spent so far in recorded calls inside it that returned, nested ones once
  ExecutionId execution = kNoExecution;
  bool operator==(const OpenCall&) const = default;
};

// Outermost first. A std::vector would do as well, but for the loops that run for every call of a
// trace: compilers leave its emplace_back() out of line there, 4 to 12 % of a view that reads all.
class CallStack {
 public:
  CallStack() = default;
  CallStack(const CallStack&) = default;
  CallStack& operator=(const CallStack&) = default;
  CallStack(CallStack&& other) noexcept
      : room_(std::move(other.room_)), size_(std::exchange(other.size_, 0)) {}
  CallStack& operator=(CallStack&& other) noexcept {
    room_ = std::move(other.room_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  OpenCall& operator[](std::size_t depth) { return room_[depth]; }
  const OpenCall& operator[](std::size_t depth) const { return room_[depth]; }
  OpenCall& back() { return room_[size_ - 1]; }
  const OpenCall& back() const { return room_[size_ - 1]; }
  OpenCall* begin() { return room_.data(); }
  OpenCall* end() { return room_.data() + size_; }
  const OpenCall* begin() const { return room_.data(); }
  const OpenCall* end() const { return room_.data() + size_; }

  // A new innermost call, of which nothing is said yet. Those that were asked for before may move.
  [[gnu::always_inline]] OpenCall& push() {
    if (size_ == room_.size()) grow();
    return room_[size_++] = {};
  }
  void push_back(const OpenCall& call) { push() = call; }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }

  bool operator==(const CallStack& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  [[gnu::noinline]] void grow() { room_.resize(std::max<std::size_t>(2 * size_, 8)); }

  std::vector<OpenCall> room_;  // the first size_ are open
  std::size_t size_ = 0;
};

}  // namespace pgrec
