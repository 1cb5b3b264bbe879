#include "analyze/calls/execution_lookup.h"

#include <algorithm>
#include <utility>

#include "analyze/calls/execution_pass.h"
#include "analyze/calls/execution_visitor.h"
#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

constexpr std::size_t kKeptChunks = 8;

class Catch final : public ExecutionSink {
 public:
  explicit Catch(ExecutionId id) : id_(id) {}
  void execution(const ExecutionRecord& execution) override {
    if (execution.id != id_) return;
    found = execution;
    found->functions = {};
  }
  bool is_done() const override { return found.has_value(); }

  std::optional<ExecutionRecord> found;

 private:
  ExecutionId id_;
};

}  // namespace

ExecutionLookup::OfChunk* ExecutionLookup::read(std::size_t chunk) {
  const auto known = std::find_if(kept_.begin(), kept_.end(),
                                  [chunk](const auto& one) { return one.first == chunk; });
  if (known != kept_.end()) {
    std::rotate(kept_.begin(), known, known + 1);
    return kept_.front().second.get();
  }
  const ChunkList::One& one = chunks_[chunk];
  std::unique_ptr<OfChunk> all;
  ExecutionVisitor visitor(ExecutionWants{});
  ExecutionsOfChunk pieces;
  ChunkDecoder decoder;
  visitor.begin(*one.file, pieces);
  const auto payload = one.file->reader.read(one.chunk);
  if (payload && decode_in_set(*one.file, *payload, decoder, visitor)) {
    visitor.end();
    all = std::make_unique<OfChunk>();
    for (std::size_t i = 0; i < pieces.used; ++i) {
      const ExecutionPiece& piece = pieces.pieces[i];
      // Else only calls of it are here.
      if (piece.begins || piece.runs)
        all->emplace(piece.record.id, Known{piece.record, piece.is_whole()});
    }
  } else if (payload) {
    one.file->reader.add_damage(one.chunk.frame, "the chunk does not decode");
  }
  kept_.emplace_front(chunk, std::move(all));
  if (kept_.size() > kKeptChunks) kept_.pop_back();
  return kept_.front().second.get();
}

ExecutionLookup::Known* ExecutionLookup::find_in_chunks(ExecutionId id) {
  std::size_t chunk = chunks_.is_sorted() ? chunks_.of(id) : 0;
  if (chunk == chunks_.size()) return nullptr;
  const std::size_t end = chunks_.is_sorted() ? chunks_.end_of_file(chunk) : chunks_.size();
  for (; chunk < end; ++chunk) {
    OfChunk* const all = read(chunk);
    if (!all) continue;
    const auto known = all->find(id);
    if (known != all->end()) return &known->second;
    if (chunks_.is_sorted()) return nullptr;
  }
  return nullptr;
}

const ExecutionRecord* ExecutionLookup::find(ExecutionId id) {
  Known* const known = find_in_chunks(id);
  if (!known) return nullptr;
  if (set_.joined(*known->record.file, id) != id) return nullptr;
  if (!known->is_whole && !known->is_none) complete(*known);
  return known->is_none ? nullptr : &known->record;
}

const ExecutionRecord* ExecutionLookup::begun(ExecutionId id) {
  Known* const known = find_in_chunks(id);
  return known ? &known->record : nullptr;
}

// Reads on from where it began.
void ExecutionLookup::complete(Known& known) {
  ExecutionQuery query;
  bool any_gap = false;
  for (std::size_t i = 0; i < chunks_.size() && !any_gap; ++i)
    any_gap = chunks_[i].execution_gap_from < chunks_[i].first_execution();
  // What began in a gap is known only in chunks behind it.
  if (!any_gap) query.range = {known.record.begun, known.record.begun + Duration(1)};
  Catch sink(known.record.id);
  for_each_execution(set_, query, sink, options_);
  if (sink.found) known.record = *sink.found;
  known.is_whole = sink.found.has_value();
  known.is_none = !known.is_whole;
}

}  // namespace pgrec
