#include "record/recording/upgrades.h"

#include <chrono>
#include <memory>
#include <utility>

#include "format/error.h"

namespace pgrec {
namespace {

// A file that is being copied to its place cannot be read yet; after so many looks that is said.
constexpr int kPatience = 3;

// Where the new file of a running binary would stand: "/proc/12/exe" stays the old one.
std::string place_of(const ServerBinary& binary) {
  static const std::string kExe = "/exe";
  if (!binary.path.starts_with("/proc/") || !binary.path.ends_with(kExe)) return binary.path;
  return binary.path.substr(0, binary.path.size() - kExe.size()) + "/root" +
         without_deleted(binary.name);
}

}  // namespace

Upgrades::Upgrades(KernelSession& session, const RecordingPlan& plan)
    : session_(session), plan_(plan) {
  bool has_server = false;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    const ServerBinary& binary = plan.files[i].binary;
    const bool same = plan.activity && plan.activity->server.path == binary.path;
    has_server = has_server || same;
    watch(binary, plan.functions_of(i), plan.points_of(i), same);
  }
  if (plan.activity && !has_server) watch(plan.activity->server, {}, {}, true);
}

void Upgrades::watch(const ServerBinary& binary, ProbeRange functions, ProbeRange points,
                     bool activity) {
  Watched one;
  one.file = {without_deleted(binary.name), place_of(binary), functions, points, activity};
  if (const auto now = identity(binary.path)) one.probed.insert(*now);
  watched_.push_back(std::move(one));
}

void Upgrades::look() {
  if (probing_ || !session_.changes().is_idle()) return;
  for (std::size_t i = 0; i < watched_.size() && !probing_; ++i) {
    looked_at_ = (looked_at_ + 1) % watched_.size();
    const Watched& one = watched_[looked_at_];
    const auto now = identity(one.file.path);
    if (!now || one.probed.contains(*now)) continue;
    auto probe = std::make_shared<std::packaged_task<ProbedFile(Attachments&)>>(
        [&plan = plan_, file = one.file](Attachments& to) { return probe_file(file, plan, to); });
    probing_ = Probing{looked_at_, *now, probe->get_future()};
    session_.changes().begin([probe](Attachments& to) { (*probe)(to); });
  }
}

std::vector<std::string> Upgrades::news() {
  if (!probing_ || probing_->result.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return {};
  Probing done = std::move(*std::exchange(probing_, std::nullopt));
  const auto told = note(watched_[done.watched], done.file, std::move(done.result));
  return told ? std::vector<std::string>{*told} : std::vector<std::string>{};
}

std::vector<std::string> Upgrades::last_news() {
  std::vector<std::string> told = news();
  if (!probing_) return told;
  const std::string& name = watched_[probing_->watched].file.name;
  told.push_back("replaced while recording, which ended before all of it was probed: " + name);
  probed_.push_back(name + ": recording ended before all of it was probed");
  return told;
}

// A file of which nothing is probed is looked at again and again, and told once: it may become
// another, even under the same identity.
std::optional<std::string> Upgrades::note(Watched& one, const FileIdentity& file,
                                          std::future<ProbedFile> result) {
  std::string words;
  try {
    const ProbedFile probed = result.get();
    if (probed.is_done) {
      one.probed.insert(file);
      one.told.clear();
    }
    words = "replaced while recording, and probed too: " + probed.what;
    if (words != one.told) probed_.push_back(probed.what);
    one.failures = 0;
  } catch (const Error& error) {
    if (++one.failures < kPatience) return std::nullopt;
    words = "replaced while recording, and not probed: " + one.file.name + ": " + error.what();
  }
  if (words == one.told) return std::nullopt;
  one.told = words;
  return words;
}

Metadata Upgrades::facts() const {
  Metadata facts;
  for (std::size_t i = 0; i < probed_.size(); ++i)
    facts.emplace_back("record.upgraded." + std::to_string(i + 1), probed_[i]);
  return facts;
}

}  // namespace pgrec
