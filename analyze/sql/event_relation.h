// The relation `events`: every event of a class, such as a hit of a USDT probe, with its arguments
// by their names.
#pragma once

#include <memory>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

class EventRelation final : public Relation {
 public:
  explicit EventRelation(std::shared_ptr<SetSource> source) : source_(std::move(source)) {}

  std::string name() const override { return "events"; }
  std::vector<RelationColumn> columns() const override;
  bool numbers_rows() const override { return true; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  std::shared_ptr<SetSource> source_;
};

// {"name": value, …} of an event's arguments; of a text its id. A value that is not known is null.
std::string arguments_text(const EventClass& event_class, const ArgumentValues& arguments);

}  // namespace pgrec
