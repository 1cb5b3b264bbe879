#include "record/recording/parts.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "format/error.h"
#include "format/postgres/roles_of_classes.h"
#include "format/print/units.h"

namespace pgrec {

Parts::Parts(std::string path, bool force, Sync sync, const Rotation& rotation)
    : path_(std::move(path)), force_(force), sync_(sync), rotation_(rotation) {
  if (rotation_.goes_on && !force_) {
    const auto existing = existing_later_parts(path_);
    if (!existing.empty()) {
      throw Error("cannot write " + path_ + " in parts: " + existing.front() + " exists",
                  "name another file, or overwrite it with --force");
    }
  }
  output_.emplace(path_, force_);
}

Parts::~Parts() {
  if (next_) ::unlink(next_->name().c_str());
}

TraceWriter Parts::begin_file(File file, std::uint64_t number, const Moment& beginning) {
  TraceWriter writer(std::move(file), sync_);
  writer.on_cut(on_cut_);
  Preamble preamble = describe_(beginning);
  if (rotation_.goes_on) {
    preamble.facts.emplace_back("record.part", std::to_string(number));
    preamble.facts.emplace_back("record.began_at_ns", std::to_string(began_ns_));
  }
  writer.write(preamble.facts);
  writer.write(preamble.functions);
  if (!preamble.classes.empty()) writer.write(preamble.classes);
  writer.sum_statements(execution_roles(preamble.classes));
  classes_ = std::move(preamble.classes);
  return writer;
}

void Parts::begin(const Moment& beginning, Describe describe) {
  describe_ = std::move(describe);
  began_ns_ = beginning.realtime_ns;
  writer_.emplace(begin_file(output_->take(), number_, beginning));
  if (rotation_.part_bytes && writer_->size_bytes() > *rotation_.part_bytes / 2) {
    throw UsageError(std::string(rotation_.goes_on ? "--rotate" : "--max-size") + ": " +
                         bytes_text(*rotation_.part_bytes) +
                         " are too little: what a trace says of itself takes " +
                         bytes_text(writer_->size_bytes()),
                     "give it some megabytes, or probe fewer functions");
  }
}

void Parts::put_in_place() {
  output_->put_in_place();
  files_.push_back({path_, output_->identity()});
  output_.reset();
}

void Parts::write(const PartRows& rows) {
  if (!rows.processes.empty()) writer_->write(rows.processes);
  if (!rows.losses.empty()) writer_->write(rows.losses);
  if (!rows.accounts.empty()) writer_->write(rows.accounts);
  if (!rows.clocks.empty()) writer_->write(rows.clocks);
  if (!rows.facts.empty()) writer_->write(rows.facts);
}

bool Parts::is_full(Timestamp at) {
  if (writer_->is_nearly_full()) return true;
  if (rotation_.part_duration && at.time_since_epoch() >= *rotation_.part_duration) return true;
  if (!rotation_.part_bytes || writer_->expected_bytes() < *rotation_.part_bytes) return false;
  // Something is in each part, so that there is no end of them only where there is none of events.
  if (writer_->events() + writer_->pending_events() <= begun_again_) return false;
  writer_->cut();
  return writer_->expected_bytes() >= *rotation_.part_bytes / 16 * 15;
}

std::string Parts::why_full() const {
  if (writer_->is_nearly_full()) return "its trace having as many texts as one can have";
  return "its size reaching " + bytes_text(rotation_.part_bytes.value_or(0));
}

void Parts::prepare_next(const Moment& beginning) {
  const std::string path = next_name();
  OutputFile output(path, force_);
  TraceWriter next = begin_file(output.take(), number_ + 1, beginning);
  output.put_in_place();
  files_.push_back({path, output.identity()});
  next_.emplace(std::move(next));
}

void Parts::wait_for_syncing() {
  if (syncing_.valid()) syncing_.get();
}

void Parts::go_on(Timestamp end) {
  Ended ended;
  ended.name = writer_->name();
  ended.next = next_->name();
  writer_->write_end(end);
  wait_for_syncing();
  ended.bytes = writer_->size_bytes();
  ended.calls = writer_->calls();
  before_ = totals();
  left_out_before_ = left_out();
  TraceWriter old = std::move(*writer_);
  writer_.emplace(std::move(*next_));
  next_.reset();
  ++number_;
  syncing_ = std::async(std::launch::async, [old = std::move(old)]() mutable {
    TraceWriter closed_here = std::move(old);
    closed_here.wait_for_disk();
  });
  remove_oldest(ended);
  ended_.push_back(std::move(ended));
}

// Only what this process wrote, and only as long as it is what the name stands for.
void Parts::remove_oldest(Ended& ended) {
  while (rotation_.keep && files_.size() > *rotation_.keep) {
    const Written oldest = files_.front();
    files_.pop_front();
    if (::access(oldest.path.c_str(), F_OK) != 0) continue;
    if (identity(oldest.path) == oldest.file && ::unlink(oldest.path.c_str()) == 0) {
      ended.removed.push_back(oldest.path);
      ++removed_;
    } else {
      ended.not_removed.push_back(oldest.path);
    }
  }
}

void Parts::close(Timestamp end) {
  writer_->write_end(end);
  wait_for_syncing();
  writer_->wait_for_disk();
}

std::vector<std::uint64_t> Parts::left_out() const {
  std::vector<std::uint64_t> all = left_out_before_;
  const auto& here = writer_->left_out();
  all.resize(std::max(all.size(), here.size()));
  for (std::size_t i = 0; i < here.size(); ++i)
    all[i] += here[i];
  return all;
}

Parts::Totals Parts::totals() const {
  Totals all = before_;
  all.bytes += writer_->size_bytes();
  all.calls += writer_->calls();
  all.executions += execution_counts(writer_->total(), classes_);
  all.events += writer_->events();
  all.lost_events += writer_->lost_events();
  return all;
}

}  // namespace pgrec
