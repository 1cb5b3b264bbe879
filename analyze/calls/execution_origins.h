// Executions by where they came from: the database, the user, the application, the client or the
// type of process.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyze/calls/execution_record.h"

namespace pgrec {

enum class Origin { kDatabase, kUser, kApplication, kClient, kBackendType };

// "database", "user", "application", "client", "backend-type"; nothing for another word.
std::optional<Origin> origin_of(std::string_view word);

// Empty where the trace does not say. Of a client, its host without the port: each connection has
// another.
std::string origin_text(const ExecutionRecord& execution, Origin origin);

// Numbers what executions come from, for sum_groups(): the same thing has the same number in all
// threads, whose copies share what is named.
class OriginPlaces {
 public:
  explicit OriginPlaces(Origin origin) : origin_(origin), names_(std::make_shared<Names>()) {}

  std::optional<std::size_t> operator()(const ExecutionRecord& execution);
  // What has a number; after the passes.
  const std::string& name(std::size_t place) const { return names_->all[place]; }

 private:
  struct Names {
    std::mutex lock;
    std::vector<std::string> all;
    std::unordered_map<std::string, std::size_t> places;
  };
  std::size_t place_of(const std::string& name);

  Origin origin_;
  std::shared_ptr<Names> names_;
  // Of this thread.
  std::unordered_map<const ProcessLives::Life*, std::size_t> by_process_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace pgrec
