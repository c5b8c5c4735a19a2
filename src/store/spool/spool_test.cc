#include "store/spool/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/bytes.h"
#include "store/spool/spool_for_tests.h"

namespace tickwitness::store::spool {
namespace {

using runtime::DiskFault;
using runtime::test::Files;
using runtime::test::TestDisk;
using test::kNow;
using test::kSpoolId;
using test::read_all;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr Lsn kSecondStart = (Lsn{1} << 32U) + 1;

class SpoolTest : public testing::Test {
 protected:
  Spool open(const SpoolSettings& settings = test::small_segments()) {
    auto spool = Spool::open(disk_, settings, kSpoolId);
    if (!spool) throw std::runtime_error(spool.error().message);
    return std::move(*spool);
  }
  // A record that leaves no room for another in a small segment.
  static std::string large(char of) { return std::string(kPayloadMax, of); }

  Files files_;
  TestDisk disk_{files_};
};

TEST_F(SpoolTest, WhatWasAcceptedIsReadInOrder) {
  Spool spool = open();
  EXPECT_EQ(spool.append("one", kNow), 1U);
  EXPECT_EQ(spool.append("two", kNow), 2U);
  EXPECT_THAT(read_all(spool).records, ElementsAre(Pair(1, "one"), Pair(2, "two")));
  EXPECT_THAT(read_all(spool, 1).records, ElementsAre(Pair(2, "two")));
  EXPECT_THAT(read_all(spool, 2).records, IsEmpty());
}

TEST_F(SpoolTest, TheNewestSegmentWithARecordStays) {
  Spool spool = open();
  spool.set_preface([] { return std::string("what came to pass"); });
  ASSERT_TRUE(spool.append(large('x'), kNow));
  files_.take_bytes = kHeadBytes;
  files_.full = true;
  EXPECT_FALSE(spool.append(large('y'), kNow));  // another one may have been begun
  files_.full = false;
  ASSERT_TRUE(spool.retire(spool.last()));
  EXPECT_THAT(read_all(spool).records, SizeIs(2));
  ASSERT_TRUE(spool.append(large('y'), kNow));
  ASSERT_TRUE(spool.retire(spool.last()));
  EXPECT_THAT(read_all(open()).records,
              ElementsAre(Pair(3, "what came to pass"), Pair(4, large('y'))));
}

TEST_F(SpoolTest, NumbersOfASegmentThatWasPutAsideAreNeverGivenAgain) {
  {
    Spool spool = open();
    ASSERT_EQ(spool.append("a store has it", kNow), 1U);
  }
  files_.by_name.begin()->second->assign(kHeadBytes, 'x');
  EXPECT_EQ(open().recovery().damaged.size(), 1U);  // a start that accepts nothing
  EXPECT_EQ(open().append("one that no store has", kNow), kSecondStart);
}

TEST_F(SpoolTest, EachSegmentBeginsWithItsPreface) {
  Spool spool = open();
  std::string so_far;
  spool.set_preface([&] { return "before:" + so_far; });
  for (const std::string& text : {std::string("one"), std::string("two"), large('x')}) {
    ASSERT_TRUE(spool.append(text, kNow));
    so_far += text.front();
  }
  EXPECT_THAT(read_all(spool).records,
              ElementsAre(Pair(1, "before:"), Pair(2, "one"), Pair(3, "two"), Pair(4, "before:ot"),
                          Pair(5, large('x'))));
  EXPECT_EQ(spool.last(), 5U);
  // Which may make it larger than segments are.
  so_far = large('y');
  spool.set_preface([&] { return so_far; });
  EXPECT_EQ(spool.append(large('z'), kNow), 7U);
  EXPECT_THAT(read_all(spool, 5).records, ElementsAre(Pair(6, large('y')), Pair(7, large('z'))));
  EXPECT_TRUE(spool.retire(7));
  Spool again = open();
  EXPECT_EQ(again.recovery().last, 7U);
  EXPECT_EQ(again.recovery().torn_bytes, 0U);
}

TEST_F(SpoolTest, APrefaceIsAcceptedWithItsRecordOrNotAtAll) {
  Spool spool = open();
  spool.set_preface([] { return std::string("preface"); });
  ASSERT_TRUE(spool.append("one", kNow));
  files_.refuse_syncs = 1;
  EXPECT_EQ(spool.append("two", kNow), 4U);
  files_.full = true;
  EXPECT_FALSE(spool.append(large('x'), kNow));
  files_.full = false;
  EXPECT_EQ(spool.append("three", kNow), 6U);
  const auto preface = [](Lsn lsn) { return Pair(lsn, "preface"); };
  EXPECT_THAT(read_all(spool).records, ElementsAre(preface(1), Pair(2, "one"), preface(3),
                                                   Pair(4, "two"), preface(5), Pair(6, "three")));
}

TEST_F(SpoolTest, AReaderSeesWhatComesLater) {
  Spool spool = open();
  Reader reader(spool, 0);
  EXPECT_FALSE(reader.next()->record);
  for (const std::string& text : {std::string("one"), large('x'), std::string("three")}) {
    ASSERT_TRUE(spool.append(text, kNow));
    const auto read = reader.next();
    ASSERT_TRUE(read && read->record);
    EXPECT_EQ(read->record->payload, text);
    EXPECT_FALSE(read->lost);
    EXPECT_FALSE(reader.next()->record);
  }
  EXPECT_THAT(spool.segments(), SizeIs(3));
}

TEST_F(SpoolTest, EachRecordIsSyncedBeforeItIsAccepted) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", kNow));
  const int before = files_.syncs;
  ASSERT_TRUE(spool.append("two", kNow));
  EXPECT_EQ(files_.syncs, before + 1);
}

TEST_F(SpoolTest, ANewStartHasNumbersOfItsOwnAndReadsTheOldOnes) {
  ASSERT_TRUE(open().append("one", kNow));
  Spool spool = open();
  EXPECT_EQ(spool.recovery().last, 1U);
  EXPECT_EQ(spool.recovery().torn_bytes, 0U);
  EXPECT_EQ(spool.append("two", kNow), kSecondStart);
  const auto all = read_all(spool);
  EXPECT_THAT(all.records, ElementsAre(Pair(1, "one"), Pair(kSecondStart, "two")));
  EXPECT_THAT(all.lost, IsEmpty());
  EXPECT_EQ(spool.id(), kSpoolId);
}

TEST_F(SpoolTest, SegmentsThatEveryStoreHasGo) {
  Spool spool = open();
  for (const char of : {'a', 'b', 'c'}) ASSERT_TRUE(spool.append(large(of), kNow));
  ASSERT_TRUE(spool.retire(1));
  EXPECT_THAT(files_.names(), ElementsAre(segment_name(2), segment_name(3)));
  ASSERT_TRUE(spool.retire(3));  // the one that is written stays
  EXPECT_THAT(files_.names(), ElementsAre(segment_name(3)));
  EXPECT_THAT(read_all(spool).records, ElementsAre(Pair(3, large('c'))));
  EXPECT_EQ(open().append("x", kNow), kSecondStart);
}

TEST_F(SpoolTest, AStoreThatStayedBehindWhatIsGoneIsTold) {
  Spool spool = open();
  for (const char of : {'a', 'b', 'c'}) ASSERT_TRUE(spool.append(large(of), kNow));
  ASSERT_TRUE(spool.retire(2));
  EXPECT_THAT(read_all(spool, 1).lost, ElementsAre(Pair(2, 2)));
}

TEST_F(SpoolTest, ASegmentThatSomebodyRemovedIsTold) {
  Spool spool = open();
  for (const char of : {'a', 'b', 'c'}) ASSERT_TRUE(spool.append(large(of), kNow));
  files_.by_name.erase(segment_name(2));
  for (const bool again : {false, true}) {
    const auto all = again ? read_all(open()) : read_all(spool);
    EXPECT_THAT(all.records, ElementsAre(Pair(1, large('a')), Pair(3, large('c'))));
    EXPECT_THAT(all.lost, ElementsAre(Pair(2, 2)));
  }
}

TEST_F(SpoolTest, AFullSpoolRefusesAndGoesOnWhenThereIsRoom) {
  auto settings = test::small_segments();
  settings.total_bytes = 2 * settings.segment_bytes;
  Spool spool = open(settings);
  ASSERT_TRUE(spool.append(large('a'), kNow));
  ASSERT_TRUE(spool.append(large('b'), kNow));
  const auto full = spool.append("c", kNow);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().fault, DiskFault::no_space);
  EXPECT_THAT(full.error().message, HasSubstr("the limit is 2099232"));
  ASSERT_TRUE(spool.retire(1));
  EXPECT_EQ(spool.append("c", kNow), 3U);
  EXPECT_THAT(read_all(spool).records, ElementsAre(Pair(2, large('b')), Pair(3, "c")));
}

TEST_F(SpoolTest, TheDiskKeepsTheRoomThatMustStayFree) {
  files_.free = test::small_segments().free_bytes + kSegmentBytesMin - 1;
  Spool spool = open();
  const auto full = spool.append("a", kNow);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().fault, DiskFault::no_space);
  EXPECT_THAT(files_.names(), IsEmpty());
  ++files_.free;
  EXPECT_TRUE(spool.append("a", kNow));
}

TEST_F(SpoolTest, AfterAFailedSyncTheRecordGoesIntoAnotherSegment) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", kNow));
  files_.refuse_syncs = 1;
  EXPECT_EQ(spool.append("two", kNow), 2U);
  EXPECT_EQ(spool.abandoned(), 1U);
  EXPECT_EQ(spool.append("three", kNow), 3U);
  for (const bool again : {false, true}) {
    const auto all = again ? read_all(open()) : read_all(spool);
    EXPECT_THAT(all.records, ElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three")));
    EXPECT_THAT(all.lost, IsEmpty());
  }
  EXPECT_THAT(files_.names(), ElementsAre(segment_name(1), segment_name(2)));
}

TEST_F(SpoolTest, ADiskThatFailsTwiceIsReportedAndMayComeBack) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", kNow));
  files_.refuse_syncs = 1000;
  const auto failed = spool.append("two", kNow);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault, DiskFault::io);
  ASSERT_FALSE(spool.append("two again", kNow));
  files_.refuse_syncs = 0;
  EXPECT_EQ(spool.append("other", kNow), 2U);
  EXPECT_THAT(read_all(spool).records, ElementsAre(Pair(1, "one"), Pair(2, "other")));
}

TEST_F(SpoolTest, ADirectoryThatCannotBeWrittenSaysSo) {
  files_.refuse_names = true;
  Spool spool = open();
  const auto failed = spool.append("one", kNow);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault, DiskFault::denied);
}

TEST_F(SpoolTest, WhatANewerProgramWroteIsRefused) {
  ASSERT_TRUE(open().append("one", kNow));
  auto& text = *files_.by_name.at(segment_name(1));
  for (const std::size_t copy : {0U, 512U}) {
    text[copy + kMagic.size()] = 9;
    const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(&text[copy]), 44);
    std::string bytes;
    base::put_fixed(static_cast<std::uint32_t>(sum), bytes);
    text.replace(copy + 44, 4, bytes);
  }
  const auto refused = Spool::open(disk_, test::small_segments(), kSpoolId);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("has format 9; this program reads 1"));
}

TEST_F(SpoolTest, SegmentsOfTwoSpoolsAreNotMixed) {
  ASSERT_TRUE(open().append("one", kNow));
  files_.by_name[segment_name(9)] = std::make_shared<std::string>(
      segment_head({.spool = kSpoolId + 1, .first = 9, .follows = 8}));
  const auto refused = Spool::open(disk_, test::small_segments(), kSpoolId);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is of another spool than 0000000000000001"));
}

TEST_F(SpoolTest, RecordsHaveLimits) {
  Spool spool = open();
  EXPECT_EQ(spool.append("", kNow).error().fault, DiskFault::invalid);
  EXPECT_EQ(spool.append(large('a') + "a", kNow).error().fault, DiskFault::invalid);
  EXPECT_TRUE(spool.append(large('a'), kNow));
  auto settings = test::small_segments();
  --settings.segment_bytes;
  EXPECT_FALSE(Spool::open(disk_, settings, kSpoolId));
}

}  // namespace
}  // namespace tickwitness::store::spool
