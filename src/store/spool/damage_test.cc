// Every cut and every flipped bit: never a wrong record, and no loss that nobody hears of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/spool/spool_for_tests.h"

namespace tickwitness::store::spool {
namespace {

using runtime::test::Files;
using runtime::test::TestDisk;
using test::Everything;
using test::kNow;
using test::kSpoolId;
using test::read_all;

// Two segments of some short records: the first ended by a restart, the second still being written.
struct Small {
  Files files;
  Everything truth;

  Small() {
    TestDisk disk(files);
    for (int start = 0; start < 2; ++start) {
      auto spool = *Spool::open(disk, test::small_segments(), kSpoolId);
      for (const char* text : {"first", "the second", "3", "sixteen bytes ..", "last"}) {
        const Lsn lsn = *spool.append(text + std::to_string(start), kNow);
        truth.records.emplace_back(lsn, text + std::to_string(start));
      }
    }
    auto& text = *files.by_name.rbegin()->second;
    text.resize(text.find_last_not_of('\0') + 30);  // the reserved room says nothing new
  }
  Lsn first_of_second() const { return truth.records[5].first; }
};

// What is there afterwards: a start, and a store that reads it all.
struct After {
  Recovery recovery;
  Everything all;
  bool goes_on = false;  // a record that came later was accepted and read
};
After restart(const Files& changed) {
  Files files = changed;
  TestDisk disk(files);
  auto spool = *Spool::open(disk, test::small_segments(), kSpoolId + 1);
  After after{.recovery = spool.recovery()};
  const Lsn added = *spool.append("added", kNow);
  after.all = read_all(spool);
  auto& records = after.all.records;
  after.goes_on = !records.empty() && records.back() == std::pair(added, std::string("added"));
  if (after.goes_on) records.pop_back();
  return after;
}

Files with(const Small& small, const std::string& name, const std::string& text) {
  Files files = small.files;
  for (auto& [each, content] : files.by_name) {
    content = std::make_shared<std::string>(each == name ? text : *content);
  }
  return files;
}

bool told(const After& after, Lsn lsn) {
  return std::ranges::any_of(
      after.all.lost, [&](const auto& lost) { return lost.first <= lsn && lsn <= lost.second; });
}

// Every record that is missing was told of: by a reader, or by the start itself if it is of a
// segment without a head or of the one that was written last.
void expect_honest(const Small& small, const After& after, const std::string& what) {
  EXPECT_TRUE(after.goes_on) << what;
  std::size_t found = 0;
  for (const auto& record : small.truth.records) {
    if (found < after.all.records.size() && after.all.records[found] == record) {
      ++found;
      continue;
    }
    const bool last = record.first >= small.first_of_second();
    const bool at_start =
        !after.recovery.damaged.empty() || (last && after.recovery.torn_bytes > 0);
    EXPECT_TRUE(told(after, record.first) || at_start) << what << ": " << record.first;
  }
  EXPECT_EQ(found, after.all.records.size()) << what << ": something that was never written";
}

TEST(SpoolDamage, EveryFlippedBit) {
  const Small small;
  for (const auto& [name, text] : small.files.by_name) {
    for (std::size_t bit = 0; bit < text->size() * 8; ++bit) {
      std::string changed = *text;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      const After after = restart(with(small, name, changed));
      expect_honest(small, after, name + " bit " + std::to_string(bit));
      EXPECT_GE(after.all.records.size(), 9U);  // one bit costs one record, of a head none
      if (bit / 8 < kHeadBytes) {
        EXPECT_EQ(after.all.records, small.truth.records) << bit;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(SpoolDamage, EveryCut) {
  const Small small;
  for (const auto& [name, text] : small.files.by_name) {
    for (std::size_t size = 0; size < text->size(); ++size) {
      const After after = restart(with(small, name, text->substr(0, size)));
      EXPECT_TRUE(after.goes_on);
      const bool last = name == small.files.by_name.rbegin()->first;
      // A cut of the last segment is what a power failure leaves of a record that nobody accepted.
      if (!last) expect_honest(small, after, name + " cut at " + std::to_string(size));
      EXPECT_TRUE(std::ranges::includes(small.truth.records, after.all.records)) << size;
      if (last) {
        const auto before = std::ranges::count_if(
            small.truth.records, [&](const auto& each) { return each.first < (Lsn{1} << 32U); });
        EXPECT_GE(after.all.records.size(), static_cast<std::size_t>(before));
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(SpoolDamage, ATornRecordIsCutOff) {
  Small small;
  auto& text = *small.files.by_name.rbegin()->second;
  const std::size_t end = text.find_last_not_of('\0') + 1;
  text.resize(end - 1);
  const After after = restart(small.files);
  EXPECT_EQ(after.all.records.size(), small.truth.records.size() - 1);
  EXPECT_EQ(after.recovery.torn_bytes, kRecordHeadBytes + std::string_view("last").size());
}

TEST(SpoolDamage, AZeroedSectorInTheMiddleLosesWhatLayThereAndSaysSo) {
  const Small small;
  const auto& [name, text] = *small.files.by_name.begin();
  std::string changed = *text;
  std::fill_n(changed.begin() + kHeadBytes, 24 + 32, '\0');  // the first two records
  const After after = restart(with(small, name, changed));
  EXPECT_THAT(after.all.lost, testing::ElementsAre(testing::Pair(1, 2)));
  EXPECT_EQ(after.all.records.size(), 8U);
}

TEST(SpoolDamage, ASegmentWithoutAHeadIsPutAside) {
  const Small small;
  const auto& [name, text] = *small.files.by_name.begin();
  Files files = with(small, name, std::string(text->size(), 'x'));
  TestDisk disk(files);
  const auto spool = *Spool::open(disk, test::small_segments(), kSpoolId);
  EXPECT_THAT(spool.recovery().damaged, testing::ElementsAre(name));
  EXPECT_TRUE(files.by_name.contains(name + ".damaged"));
  // A store that begins with nothing gets what is left; one that had the first record hears of it.
  EXPECT_EQ(read_all(spool).records.size(), 5U);
  EXPECT_THAT(read_all(spool, 1).lost, testing::ElementsAre(testing::Pair(2, 5)));
}

}  // namespace
}  // namespace tickwitness::store::spool
