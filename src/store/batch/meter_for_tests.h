// Counts what a store tells of its database.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/batch/database_meter.h"

namespace tickwitness::store::test {

struct Ran {
  std::uint64_t good = 0, bad = 0;
  base::Duration took{};
};

class TestMeter final : public DatabaseMeter {
 public:
  using Key = std::pair<Operation, std::string>;

  TestMeter() = default;
  explicit TestMeter(std::function<base::Instant()> clock) : clock_(std::move(clock)) {}

  base::Instant now() const override {
    if (clock_) return clock_();
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  StatementMeter& of(Operation operation, std::string_view table) override {
    const std::scoped_lock lock(mutex_);
    return statements_.try_emplace(Key{operation, table}, *this).first->second;
  }
  void connections(std::string_view, std::size_t active, std::size_t idle) override {
    const std::scoped_lock lock(mutex_);
    active_ = active;
    idle_ = idle;
  }
  void waits(std::string_view) override {
    const std::scoped_lock lock(mutex_);
    ++waits_;
  }

  // Moves its clock.
  void pass(base::Duration duration) {
    const std::scoped_lock lock(mutex_);
    now_ += duration;
  }
  Ran ran(Operation operation, const std::string& table) const {
    const std::scoped_lock lock(mutex_);
    const auto found = statements_.find({operation, table});
    return found == statements_.end() ? Ran{} : found->second.ran;
  }
  std::map<Key, Ran> all() const {
    const std::scoped_lock lock(mutex_);
    std::map<Key, Ran> all;
    for (const auto& [key, statements] : statements_) {
      if (statements.ran.good + statements.ran.bad > 0) all[key] = statements.ran;
    }
    return all;
  }
  std::size_t active() const { return locked(active_); }
  std::size_t idle() const { return locked(idle_); }
  std::size_t waits() const { return locked(waits_); }

 private:
  struct Statements final : StatementMeter {
    explicit Statements(TestMeter& meter_of) : meter(meter_of) {}
    void ended(base::Duration took, bool good) override {
      const std::scoped_lock lock(meter.mutex_);
      ++(good ? ran.good : ran.bad);
      ran.took += took;
    }
    TestMeter& meter;
    Ran ran;
  };
  std::size_t locked(const std::size_t& value) const {
    const std::scoped_lock lock(mutex_);
    return value;
  }

  std::function<base::Instant()> clock_;  // instead of the one that the test moves
  mutable std::mutex mutex_;              // guards all below
  base::Instant now_{};
  std::map<Key, Statements> statements_;
  std::size_t active_ = 0, idle_ = 0, waits_ = 0;
};

}  // namespace tickwitness::store::test
