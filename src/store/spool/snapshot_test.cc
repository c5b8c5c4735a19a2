#include "store/spool/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/prng.h"
#include "store/spool/spool_for_tests.h"

namespace tickwitness::store::spool {
namespace {

using runtime::test::Files;
using runtime::test::TestDisk;
using test::kNow;
using test::kSpoolId;
using test::read_all;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class SpoolSnapshot : public testing::Test {
 protected:
  Spool open() {
    auto spool = Spool::open(disk_, test::small_segments(), kSpoolId);
    if (!spool) throw std::runtime_error(spool.error().message);
    return std::move(*spool);
  }
  // A start of its own, which has a segment of its own.
  Lsn restart(std::string_view payload) { return *open().append(payload, kNow); }
  static bool look(Snapshot& snapshot) {
    const auto looked = snapshot.look();
    if (!looked) throw std::runtime_error(looked.error().message);
    return *looked;
  }
  // Copied once more after each other: a copy is read as a start reads it.
  Snapshot::Copy copy(Snapshot& snapshot) {
    copied_.by_name.clear();
    TestDisk to(copied_);
    const auto made = snapshot.copy(to, nullptr);
    if (!made) throw std::runtime_error(made.error().message);
    return *made;
  }
  test::Everything read_copy() {
    Files files = copied_;
    for (auto& [name, text] : files.by_name) text = std::make_shared<std::string>(*text);
    TestDisk disk(files);
    const auto spool = Spool::open(disk, test::small_segments(), 1);
    if (!spool) throw std::runtime_error(spool.error().message);
    EXPECT_EQ(spool->recovery().torn_bytes, 0U);
    return read_all(*spool);
  }

  Files files_, copied_;
  TestDisk disk_{files_};
};

TEST_F(SpoolSnapshot, OfNothingIsNothing) {
  Snapshot snapshot(disk_);
  EXPECT_TRUE(look(snapshot));
  EXPECT_TRUE(look(snapshot));
  EXPECT_THAT(copy(snapshot).names, IsEmpty());
}

TEST_F(SpoolSnapshot, HasWhatIsAcceptedAndNotTheRoomBehindIt) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", kNow));
  ASSERT_TRUE(spool.append("two", kNow));
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  ASSERT_TRUE(spool.append("three", kNow));  // after the look, before the copy
  const auto made = copy(snapshot);
  EXPECT_THAT(made.names, ElementsAre(segment_name(1)));
  EXPECT_EQ(made.spool, kSpoolId);
  EXPECT_EQ(made.last, 3U);
  EXPECT_EQ(made.bytes, kHeadBytes + record_bytes(3) + record_bytes(3) + record_bytes(5));
  EXPECT_EQ(made.bytes, copied_.bytes());
  EXPECT_THAT(read_copy().records, ElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three")));
}

TEST_F(SpoolSnapshot, ASegmentThatGoesAfterItWasSeenIsCopied) {
  const Lsn first = restart("a");
  const Lsn second = restart("b");
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  Spool spool = open();
  const Lsn third = *spool.append("c", kNow);
  ASSERT_TRUE(spool.retire(first));
  ASSERT_TRUE(look(snapshot));
  ASSERT_TRUE(spool.retire(second));
  EXPECT_EQ(files_.by_name.size(), 1U);
  const auto made = copy(snapshot);
  EXPECT_EQ(made.last, third);
  EXPECT_THAT(read_copy().records,
              ElementsAre(Pair(first, "a"), Pair(second, "b"), Pair(third, "c")));
  EXPECT_THAT(read_copy().lost, IsEmpty());
}

TEST_F(SpoolSnapshot, ASegmentThatMayHaveComeAndGoneUnseenIsToldOf) {
  restart("a");
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  const Lsn unseen = restart("b");
  Spool spool = open();
  ASSERT_TRUE(spool.append("c", kNow));
  ASSERT_TRUE(spool.retire(unseen));
  EXPECT_FALSE(look(snapshot));
  EXPECT_TRUE(look(snapshot));  // begun anew
  EXPECT_THAT(copy(snapshot).names, ElementsAre(spool.segments().front().name));
}

TEST_F(SpoolSnapshot, ARecordThatIsBeingWrittenIsWholeOrNotThere) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", kNow));
  ASSERT_TRUE(spool.append("a longer one", kNow));
  const std::string all = *files_.by_name.at(segment_name(1));
  const std::size_t begin = kHeadBytes + record_bytes(3), end = begin + record_bytes(12);
  for (std::size_t cut = begin; cut < end; ++cut) {
    std::string& text = *files_.by_name.at(segment_name(1));
    text = all;
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(cut), text.end(), '\0');
    Snapshot snapshot(disk_);
    ASSERT_TRUE(look(snapshot));
    const auto made = copy(snapshot);
    const bool whole = text.substr(0, end) == all.substr(0, end);
    EXPECT_EQ(made.last, whole ? 2U : 1U) << cut;
    EXPECT_EQ(made.bytes, whole ? end : begin) << cut;
  }
}

TEST_F(SpoolSnapshot, DamageIsCopiedAndToldAgain) {
  {
    Spool spool = open();
    for (const char* text : {"one", "two", "three"}) ASSERT_TRUE(spool.append(text, kNow));
  }
  const Lsn last = restart("four");
  auto& text = *files_.by_name.at(segment_name(1));
  text[text.find("two")] = 'X';
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  EXPECT_EQ(copy(snapshot).last, last);
  EXPECT_THAT(read_copy().lost, ElementsAre(Pair(2, 2)));
  EXPECT_THAT(read_copy().records,
              ElementsAre(Pair(1, "one"), Pair(3, "three"), Pair(last, "four")));
}

TEST_F(SpoolSnapshot, ASegmentWithoutAHeadKeepsItsNumbersFromBeingGivenAgain) {
  restart("one");
  const Lsn lost = restart("two");
  files_.by_name.at(segment_name(lost))->replace(0, kHeadBytes, kHeadBytes, 'x');
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  const auto made = copy(snapshot);
  EXPECT_THAT(made.names, UnorderedElementsAre(segment_name(1), segment_name(lost)));
  EXPECT_EQ(made.last, 1U);
  EXPECT_EQ(made.highest, lost);
  TestDisk disk(copied_);
  auto spool = *Spool::open(disk, test::small_segments(), 1);
  EXPECT_GT(*spool.append("new", kNow), lost + 1000);
}

TEST_F(SpoolSnapshot, ADiskThatIsFullIsAnError) {
  restart("one");
  Snapshot snapshot(disk_);
  ASSERT_TRUE(look(snapshot));
  copied_.full = true;
  TestDisk to(copied_);
  const auto made = snapshot.copy(to, nullptr);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, runtime::DiskFault::no_space);
}

}  // namespace
}  // namespace tickwitness::store::spool
