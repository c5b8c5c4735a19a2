#include "store/frame_ring.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <thread>

#include "base/prng.h"

namespace tickwitness::store {
namespace {

using Kind = Record::Kind;

base::Now at(std::int64_t n) {
  return {base::Instant(base::Duration(n)), base::WallTime(base::Duration(n + 1000))};
}

Record frame(std::int64_t n, std::string_view text) {
  return {.kind = Kind::frame, .stream = 3, .at = at(n), .text = text};
}

TEST(FrameRing, KeepsEverythingOfARecord) {
  FrameRing ring(1);
  EXPECT_EQ(ring.capacity(), 4096U);
  EXPECT_EQ(ring.front(), nullptr);
  ASSERT_TRUE(ring.push_name(3, {"kraken", "main", "wss://a"}));
  ASSERT_TRUE(
      ring.push({.kind = Kind::rest, .stream = 3, .at = at(5), .target = "u", .text = "b"}));
  const auto* entry = ring.front();
  ASSERT_TRUE(entry && entry->name);
  EXPECT_EQ(*entry->name, (StreamName{"kraken", "main", "wss://a"}));
  EXPECT_EQ(entry->record.stream, 3U);
  EXPECT_EQ(ring.front(), entry);  // again and again
  ring.pop();
  entry = ring.front();
  ASSERT_TRUE(entry && !entry->name);
  EXPECT_EQ(entry->record.kind, Kind::rest);
  EXPECT_EQ(entry->record.at.mono, at(5).mono);
  EXPECT_EQ(entry->record.at.wall, at(5).wall);
  EXPECT_EQ(entry->record.target, "u");
  EXPECT_EQ(entry->record.text, "b");
  ring.pop();
  EXPECT_EQ(ring.front(), nullptr);
  EXPECT_EQ(ring.bytes_waiting(), 0U);
  EXPECT_EQ(ring.lost(), 0U);
}

TEST(FrameRing, WhatIsLostIsToldWhereItIsMissing) {
  FrameRing ring(4096);
  const std::string text(1000, 'x');  // three fit
  for (int i = 0; i < 8; ++i) EXPECT_EQ(ring.push(frame(i, text)), i < 3) << i;
  EXPECT_EQ(ring.lost(), 5U);
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(ring.front(), nullptr);
    EXPECT_EQ(ring.front()->record.at.mono, at(i).mono);
    ring.pop();
  }
  EXPECT_TRUE(ring.push(frame(8, "later")));
  ASSERT_NE(ring.front(), nullptr);
  EXPECT_EQ(ring.front()->record.kind, Kind::lost);
  EXPECT_EQ(ring.front()->record.lost, 5U);
  ring.pop();
  ASSERT_NE(ring.front(), nullptr);
  EXPECT_EQ(ring.front()->record.text, "later");
  ring.pop();
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(FrameRing, ALossThatNothingFollowsIsToldToo) {
  FrameRing ring(4096);
  ASSERT_TRUE(ring.push(frame(1, "a")));
  EXPECT_FALSE(ring.push(frame(2, std::string(5000, 'x'))));  // larger than the ring
  ring.lose();
  EXPECT_EQ(ring.front()->record.text, "a");
  ring.pop();
  EXPECT_EQ(ring.front()->record.kind, Kind::lost);
  EXPECT_EQ(ring.front()->record.lost, 2U);
  EXPECT_EQ(ring.front()->record.at.mono, at(1).mono);
  ring.pop();
  EXPECT_EQ(ring.front(), nullptr);
  // A name is no record: nothing is missing in front of it or because of it.
  EXPECT_FALSE(ring.push_name(1, {"kraken", "main", std::string(5000, 'x')}));
  ASSERT_TRUE(ring.push_name(1, {"kraken", "main", "u"}));
  EXPECT_TRUE(ring.front()->name);
  ring.pop();
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(FrameRing, ARecordThatNoBlockCouldHoldIsLost) {
  FrameRing ring(2 * kRecordBytesMax);
  EXPECT_TRUE(ring.push(frame(1, std::string(kRecordBytesMax, 'x'))));
  ASSERT_NE(ring.front(), nullptr);
  EXPECT_EQ(ring.front()->record.text.size(), kRecordBytesMax);
  ring.pop();
  EXPECT_FALSE(ring.push(frame(2, std::string(kRecordBytesMax + 1, 'x'))));
  EXPECT_EQ(ring.lost(), 1U);
}

// Against a queue of plain strings: any order of pushes and pops, any lengths.
RC_GTEST_PROP(FrameRing, IsABoundedQueue, (const std::vector<std::uint16_t>& lengths)) {
  FrameRing ring(4096);
  std::deque<std::string> model;  // "" of a lost one
  std::uint64_t lost = 0;
  const auto take = [&] {
    const auto* entry = ring.front();
    if (model.empty()) {
      RC_ASSERT(entry == nullptr);
      return;
    }
    RC_ASSERT(entry != nullptr);
    if (!model.front().empty()) {
      RC_ASSERT(entry->record.text == model.front());
      model.pop_front();
    } else {
      RC_ASSERT(entry->record.kind == Kind::lost);
      std::uint64_t count = 0;
      for (; !model.empty() && model.front().empty(); model.pop_front()) ++count;
      // More may have been lost since it was first shown, not here: nothing is pushed meanwhile.
      RC_ASSERT(entry->record.lost == count);
    }
    ring.pop();
  };
  for (const auto length : lengths) {
    const std::string text(1 + length % 3000, static_cast<char>('a' + length % 26));
    const bool fitted = ring.push(frame(length, text));
    lost += fitted ? 0 : 1;
    model.push_back(fitted ? text : "");
    if (length % 3 == 0) take();
    if (length % 7 == 0) take();
  }
  while (!model.empty()) take();
  RC_ASSERT(ring.front() == nullptr);
  RC_ASSERT(ring.lost() == lost);
}

// The consumer sees every record once, in order, and of the others exactly how many they are.
TEST(FrameRing, TwoThreadsAgreeAboutWhatIsLost) {
  constexpr std::uint64_t kCount = 300'000;
  FrameRing ring(1 << 14);
  std::atomic<bool> done = false;
  std::thread producer([&] {
    base::Prng random(1);
    const std::string text(700, 'x');
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const std::size_t length = 8 + random.below(600);
      std::string one = text.substr(0, length);
      std::copy_n(reinterpret_cast<const char*>(&i), sizeof(i), one.begin());
      ring.push(frame(static_cast<std::int64_t>(i), one));
    }
    done = true;
  });
  std::uint64_t next = 0, lost = 0;
  bool right = true;
  for (;;) {
    const bool ended = done;
    const auto* entry = ring.front();
    if (!entry && ended) break;
    if (!entry) continue;
    if (entry->record.kind == Kind::lost) {
      next += entry->record.lost;
      lost += entry->record.lost;
    } else {
      std::uint64_t number = 0;
      std::copy_n(entry->record.text.data(), sizeof(number), reinterpret_cast<char*>(&number));
      right = right && number == next &&
              entry->record.text.find_first_not_of('x', 8) == std::string_view::npos;
      ++next;
    }
    ring.pop();
  }
  producer.join();
  EXPECT_TRUE(right);
  EXPECT_EQ(next, kCount);
  EXPECT_EQ(lost, ring.lost());
}

}  // namespace
}  // namespace tickwitness::store
