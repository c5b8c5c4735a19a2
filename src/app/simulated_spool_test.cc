// The spool on the simulated disk, whose power fails at any moment, whose syncs fail and which
// fills up: what was accepted is read back whole and in order, and nothing that was never written.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/prng.h"
#include "sim/disk/disk.h"
#include "store/spool/reader.h"

namespace tickwitness::app {
namespace {

using store::spool::Lsn;
using store::spool::Spool;

constexpr std::uint64_t kCapacity = 12 * store::spool::kSegmentBytesMin;

class Trial {
 public:
  explicit Trial(std::uint64_t seed) : dice_(seed), disk_(kCapacity, base::Prng(seed + 1)) {
    open();
  }

  void step() {
    const std::uint64_t roll = dice_.below(1000);
    if (roll < 5) return crash();
    if (roll < 15) return disk_.fail_next_sync();
    if (roll < 20)
      return disk_.limit_free(dice_.below(2) == 0 ? std::optional(kCapacity / 64) : std::nullopt);
    if (roll < 60) return store_has_some();
    append();
  }
  // What every store could get at the end.
  void end() {
    disk_.limit_free(std::nullopt);
    crash();
    compare();
  }
  std::uint64_t accepted() const { return accepted_count_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t crashes() const { return crashes_; }

 private:
  void open() {
    // A sync that was to fail may do so in the recovery: an operator starts it again.
    for (int attempt = 0; attempt < 3; ++attempt) {
      auto opened = Spool::open(disk_,
                                {.segment_bytes = store::spool::kSegmentBytesMin,
                                 .total_bytes = kCapacity,
                                 .free_bytes = 0},
                                77);
      if (!opened) continue;
      spool_.emplace(std::move(*opened));
      EXPECT_TRUE(spool_->recovery().damaged.empty());
      return;
    }
    FAIL() << "the spool cannot be opened";
  }

  void append() {
    const bool large = dice_.below(20) == 0;
    std::string payload(1 + dice_.below(large ? 400'000 : 300), '\0');
    for (std::size_t at = 0; at < payload.size(); at += 1 + dice_.below(64)) {
      payload[at] = static_cast<char>(dice_.below(256));
    }
    const auto lsn = spool_->append(payload, {});
    if (!lsn) {
      ++refused_;
      uncertain_.insert(std::move(payload));
      return;
    }
    EXPECT_TRUE(given_.insert(*lsn).second) << "a number was given twice";
    accepted_[*lsn] = std::move(payload);
    ++accepted_count_;
  }

  void store_has_some() {
    if (accepted_.empty()) return;
    auto upto = accepted_.begin();
    std::advance(upto, dice_.below(accepted_.size()));
    // Numbers that a store has seen are as good as given: it must not get them for something else.
    stored_ = upto->first;
    const auto retired = spool_->retire(stored_);
    if (!retired) {
      EXPECT_EQ(retired.error().fault, runtime::DiskFault::io);
    }
    accepted_.erase(accepted_.begin(), std::next(upto));
  }

  void crash() {
    ++crashes_;
    spool_.reset();
    disk_.crash();
    open();
    compare();
  }

  void compare() {
    store::spool::Reader reader(*spool_, stored_);
    auto expected = accepted_.begin();
    for (;;) {
      const auto read = reader.next();
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_FALSE(read->lost) << read->lost->first << " to " << read->lost->last;
      if (!read->record) break;
      const auto& [lsn, payload] = *read->record;
      if (expected != accepted_.end() && expected->first == lsn) {
        ASSERT_EQ(expected->second, payload) << lsn;
        ++expected;
        continue;
      }
      // Written, but not known to be: the caller was told that it may not be there.
      ASSERT_TRUE(uncertain_.contains(std::string(payload))) << lsn;
      given_.insert(lsn);
    }
    EXPECT_EQ(expected, accepted_.end()) << "accepted, and not there: " << expected->first;
  }

  base::Prng dice_;
  sim::Disk disk_;
  std::optional<Spool> spool_;
  std::map<Lsn, std::string> accepted_;  // that no store has
  std::set<Lsn> given_;
  std::set<std::string> uncertain_;
  Lsn stored_ = 0;
  std::uint64_t accepted_count_ = 0, refused_ = 0, crashes_ = 0;
};

TEST(SpoolCrash, WhatWasAcceptedSurvivesWhateverTheDiskDoes) {
  std::uint64_t accepted = 0, refused = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Trial trial(seed);
    for (int step = 0; step < 600 && !testing::Test::HasFailure(); ++step) trial.step();
    trial.end();
    accepted += trial.accepted();
    refused += trial.refused();
    crashes += trial.crashes();
  }
  // What the dice must have brought about for this to mean anything.
  EXPECT_GT(accepted, 5'000U);
  EXPECT_GT(refused, 100U);
  EXPECT_GT(crashes, 100U);
}

}  // namespace
}  // namespace tickwitness::app
