#include "app/simulated_storage.h"

#include <utility>

namespace tickwitness::app {
namespace {

constexpr std::uint64_t kSpoolDiskBytes = 64U << 20;

// A handle of a disk that outlives it.
class SharedDisk final : public runtime::Disk {
 public:
  explicit SharedDisk(runtime::Disk& disk) : disk_(disk) {}
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> create(std::string_view name) override {
    return disk_.create(name);
  }
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> open(std::string_view name) override {
    return disk_.open(name);
  }
  runtime::DiskResult<void> rename(std::string_view from, std::string_view to) override {
    return disk_.rename(from, to);
  }
  runtime::DiskResult<void> remove(std::string_view name) override { return disk_.remove(name); }
  runtime::DiskResult<std::vector<std::string>> list() const override { return disk_.list(); }
  runtime::DiskResult<void> sync_names() override { return disk_.sync_names(); }
  runtime::DiskResult<std::uint64_t> free_bytes() const override { return disk_.free_bytes(); }

 private:
  runtime::Disk& disk_;
};

}  // namespace

SimulatedStorage::SimulatedStorage(sim::Scheduler& scheduler, const sim::MachineClock& clock,
                                   const sim::Plan& plan)
    : scheduler_(scheduler),
      plan_(plan),
      random_(plan.seed ^ 0x57083D0CDA7ABA5EULL),
      spool_(scheduler, "spool", clock),
      store_(scheduler, "store", clock),
      disk_(kSpoolDiskBytes, random_.split()),
      database_(random_.split(),
                [this](base::Duration time) { store_.stall_until(scheduler_.now() + time); }),
      sink_(database_) {
  for (sim::Role* role : {&spool_, &store_}) role->set_jitter(plan.jitter_one_in, plan.jitter_most);
}

SimulatedStorage::~SimulatedStorage() {
  storage_.reset();
}

pipeline::RecordTap& SimulatedStorage::begin_life(const config::Settings& settings) {
  StorageSettings storage = storage_settings(settings, plan_.seed | 1);
  storage.turn_every = plan_.spool_turn;
  storage_.emplace(StorageSeams{.spool = spool_,
                                .store = store_,
                                .open_disk = [this] { return std::make_unique<SharedDisk>(disk_); },
                                .sink = sink_},
                   storage);
  return storage_->tap();
}

void SimulatedStorage::die() {
  spool_.kill();
  store_.kill();
  storage_.reset();
  database_.drop_session();
  disk_.crash();
}

void SimulatedStorage::begin(const sim::WorldFault& fault) {
  using Kind = sim::WorldFaultKind;
  if (fault.kind == Kind::stall_spool) spool_.stall_until(scheduler_.now() + fault.length);
  if (fault.kind == Kind::connection_lost) database_.cut_next();
  if (++on_[static_cast<std::size_t>(fault.kind)] == 1) apply(fault.kind, true);
}

void SimulatedStorage::end(const sim::WorldFault& fault) {
  if (--on_[static_cast<std::size_t>(fault.kind)] == 0) apply(fault.kind, false);
}

void SimulatedStorage::apply(sim::WorldFaultKind kind, bool on) {
  using Kind = sim::WorldFaultKind;
  using sim::DatabaseFault;
  if (kind == Kind::disk_full)
    disk_.limit_free(on ? std::optional<std::uint64_t>(0) : std::nullopt);
  if (kind == Kind::sync_fails) disk_.fail_syncs(on);
  if (kind == Kind::reads_fail) disk_.fail_reads(on);
  if (kind == Kind::database_down) database_.set(DatabaseFault::down, on);
  if (kind == Kind::slow_commit) database_.set(DatabaseFault::slow_commit, on);
  if (kind == Kind::commit_unknown) database_.set(DatabaseFault::commit_unknown, on);
  if (kind == Kind::deadlock) database_.set(DatabaseFault::deadlock, on);
}

void SimulatedStorage::heal() {
  for (std::size_t i = 0; i < on_.size(); ++i) {
    if (std::exchange(on_[i], 0) > 0) apply(static_cast<sim::WorldFaultKind>(i), false);
  }
  spool_.release();
  store_.release();
}

}  // namespace tickwitness::app
