#include "store/spool/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/spool/spool_for_tests.h"

namespace tickwitness::store::spool {
namespace {

using runtime::test::Files;
using runtime::test::TestDisk;
using testing::ElementsAre;
using testing::IsEmpty;

class SurveyTest : public testing::Test {
 protected:
  void append(std::initializer_list<const char*> texts) {
    auto spool = *Spool::open(disk_, test::small_segments(), test::kSpoolId);
    for (const char* text : texts) ASSERT_TRUE(spool.append(text, test::kNow));
  }
  Survey look() {
    return *survey(disk_, [this](const Record& record) { seen_.emplace_back(record.payload); });
  }

  Files files_;
  TestDisk disk_{files_};
  std::vector<std::string> seen_;
};

TEST_F(SurveyTest, TellsWhatIsThereAndTouchesNothing) {
  append({"one", "two"});
  append({"three"});
  const auto before = files_.bytes();
  const Survey all = look();
  EXPECT_EQ(files_.bytes(), before);
  EXPECT_THAT(seen_, ElementsAre("one", "two", "three"));
  ASSERT_EQ(all.segments.size(), 2U);
  EXPECT_EQ(all.segments[0].records, 2U);
  EXPECT_EQ(all.segments[0].last, 2U);
  EXPECT_EQ(all.segments[0].payload_bytes, 6U);
  EXPECT_EQ(all.segments[0].lost, 0U);
  EXPECT_EQ(all.segments[1].segment.head.follows, 2U);
  EXPECT_THAT(all.damaged, IsEmpty());
}

TEST_F(SurveyTest, TellsDamage) {
  append({"one", "two", "three"});
  append({"four"});
  auto& bytes = *files_.by_name.begin()->second;
  ++bytes[bytes.find("two")];
  EXPECT_EQ(look().segments[0].lost, 1U);
  ++bytes[bytes.find("three")];  // now nothing is behind it that shows the end
  const Survey all = look();
  EXPECT_EQ(all.segments[0].lost, 1U);
  EXPECT_EQ(all.segments[0].records, 1U);
  EXPECT_GT(all.segments[0].behind_bytes, 0U);
  EXPECT_EQ(all.segments[1].records, 1U);
}

TEST_F(SurveyTest, NamesSegmentsThatWerePutAside) {
  append({"one"});
  files_.by_name.begin()->second->assign(2000, 'x');
  EXPECT_THAT(look().damaged, ElementsAre(segment_name(1)));
  append({"two"});
  EXPECT_THAT(look().damaged, ElementsAre(segment_name(1) + ".damaged"));
}

}  // namespace
}  // namespace tickwitness::store::spool
