#include "feed/renewal.h"

#include <gtest/gtest.h>

#include <vector>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

base::Instant at(base::Duration t) {
  return base::Instant(1000s + t);
}

TEST(Renewal, WaitsLongerAfterEachThatWasInVainUpToFiveMinutes) {
  Renewal renewal;
  base::Duration t{0};
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s, 300s}) {
    ASSERT_TRUE(renewal.may_begin(at(t)));
    renewal.begin(at(t));
    EXPECT_EQ(renewal.end(HealResult::silent), HealResult::silent);
    EXPECT_FALSE(renewal.may_begin(at(t + wait - 1ms))) << wait.count();
    t += wait;
  }
  EXPECT_EQ(renewal.in_vain(), 12);
  renewal.begin(at(t));
  renewal.end(HealResult::healed);
  EXPECT_EQ(renewal.in_vain(), 0);
  EXPECT_TRUE(renewal.may_begin(at(t)));
}

TEST(Renewal, WaitsForTheAnswerBeforeItSubscribes) {
  Renewal renewal;
  EXPECT_FALSE(renewal.unsubscribing());
  renewal.begin(at(0s));
  EXPECT_TRUE(renewal.unsubscribing());
  EXPECT_FALSE(renewal.unsubscribe_sent());  // it may wait for its turn
  renewal.on_unsubscribe_sent(7, at(1s));
  EXPECT_EQ(renewal.unsubscribe_id(), 7U);
  EXPECT_EQ(renewal.unsubscribe_sent(), at(1s));
  renewal.on_unsubscribed();
  EXPECT_FALSE(renewal.unsubscribing());
}

// A refusal or a lost connection says nothing of whether renewing helps.
TEST(Renewal, EndsOnceAndOnlySilenceIsInVain) {
  for (const auto result :
       {HealResult::healed, HealResult::silent, HealResult::refused, HealResult::lost}) {
    Renewal renewal;
    EXPECT_EQ(renewal.end(result), std::nullopt);
    renewal.begin(at(0s));
    EXPECT_EQ(renewal.end(result), result);
    EXPECT_EQ(renewal.end(result), std::nullopt);
    EXPECT_EQ(renewal.in_vain(), result == HealResult::silent ? 1 : 0);
  }
}

}  // namespace
}  // namespace tickwitness::feed
