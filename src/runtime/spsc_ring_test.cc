#include "runtime/spsc_ring.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace tickwitness::runtime {
namespace {

TEST(SpscRing, CapacityIsThePowerOfTwoAtOrAboveTheWish) {
  const std::size_t wishes[][2] = {{0, 2}, {1, 2}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {1000, 1024}};
  for (const auto& [wish, capacity] : wishes) {
    EXPECT_EQ(SpscRing<int>(wish).capacity(), capacity) << wish;
  }
}

TEST(SpscRing, KeepsOrderAcrossManyTurns) {
  SpscRing<int> ring(4);
  int next_in = 0;
  int next_out = 0;
  for (int turn = 0; turn < 100; ++turn) {
    const int batch = 1 + turn % 4;
    for (int i = 0; i < batch; ++i) {
      int item = next_in++;
      ASSERT_TRUE(ring.try_push(item));
    }
    EXPECT_EQ(ring.size(), static_cast<std::size_t>(batch));
    for (int i = 0; i < batch; ++i) {
      int item = -1;
      ASSERT_TRUE(ring.try_pop(item));
      EXPECT_EQ(item, next_out++);
    }
  }
}

TEST(SpscRing, FullLeavesTheItemWithTheProducer) {
  SpscRing<std::unique_ptr<std::string>> ring(2);
  for (int i = 0; i < 2; ++i) {
    auto item = std::make_unique<std::string>("in");
    ASSERT_TRUE(ring.try_push(item));
  }
  auto item = std::make_unique<std::string>("kept");
  EXPECT_FALSE(ring.try_push(item));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, "kept");
  std::unique_ptr<std::string> out;
  ASSERT_TRUE(ring.try_pop(out));
  EXPECT_TRUE(ring.try_push(item));
}

TEST(SpscRing, EmptyGivesNothing) {
  SpscRing<int> ring(2);
  int out = 7;
  EXPECT_FALSE(ring.try_pop(out));
  EXPECT_EQ(out, 7);
  EXPECT_EQ(ring.size(), 0U);
}

// Two threads, a ring small enough to be full and empty all the time: each item arrives once, whole
// and in order.
TEST(SpscRing, HandsOverBetweenTwoThreads) {
  struct Item {
    std::uint64_t number = 0;
    std::string text;
  };
  constexpr std::uint64_t kItems = 200'000;
  for (const std::size_t capacity : {std::size_t{2}, std::size_t{64}}) {
    SpscRing<Item> ring(capacity);
    std::thread producer([&ring] {
      for (std::uint64_t number = 0; number < kItems; ++number) {
        Item item{number, std::to_string(number * 7919)};
        while (!ring.try_push(item)) std::this_thread::yield();
      }
    });
    std::uint64_t wrong = 0;
    for (std::uint64_t expected = 0; expected < kItems; ++expected) {
      Item item;
      while (!ring.try_pop(item)) std::this_thread::yield();
      if (item.number != expected || item.text != std::to_string(expected * 7919)) ++wrong;
    }
    producer.join();
    EXPECT_EQ(wrong, 0U) << capacity;
    EXPECT_EQ(ring.size(), 0U);
  }
}

}  // namespace
}  // namespace tickwitness::runtime
