#include "store/batch/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "store/batch/meter_for_tests.h"

namespace tickwitness::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// What the other end knows of its connections.
struct Server {
  std::atomic<int> open = 0, made = 0;
  bool down = false;
};

class Connection {
 public:
  explicit Connection(Server& server) : server_(&server), number(++server.made) { ++server.open; }
  Connection(Connection&& other) noexcept
      : server_(std::exchange(other.server_, nullptr)), number(other.number) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection() {
    if (server_ != nullptr) --server_->open;
  }
  bool healthy() const { return good; }

 private:
  Server* server_;

 public:
  int number;
  bool good = true;
};

class PoolTest : public testing::Test {
 protected:
  using Connections = Pool<Connection>;
  Connections make(PoolLimits limits) {
    return Connections(
        "test",
        [this]() -> SinkResult<Connection> {
          if (server_.down) return std::unexpected(SinkError{{"no route to it"}, true});
          return Connection(server_);
        },
        limits, &meter_);
  }
  // What is said is what the other end has.
  void expect(std::size_t active, std::size_t idle) {
    EXPECT_EQ(meter_.active(), active);
    EXPECT_EQ(meter_.idle(), idle);
    EXPECT_EQ(static_cast<std::size_t>(server_.open), active + idle);
  }

  Server server_;
  test::TestMeter meter_;
};

TEST_F(PoolTest, ConnectionsAreOpenedWhenTheyAreNeededAndUsedAgain) {
  auto pool = make({});
  EXPECT_EQ(server_.made, 0);
  auto first = pool.take();
  auto second = pool.take();
  ASSERT_TRUE(first && second);
  expect(2, 0);
  std::move(*second).give_back();
  expect(1, 1);
  const auto third = pool.take();
  ASSERT_TRUE(third);
  EXPECT_EQ((*third)->number, 2);
  expect(2, 0);
}

TEST_F(PoolTest, OneThatIsNotGivenBackIsClosed) {
  auto pool = make({});
  pool.take();
  expect(0, 0);
  auto kept = pool.take();
  ASSERT_TRUE(kept);
  std::optional<Connections::Lease> moved(std::move(*kept));
  expect(1, 0);
  moved.reset();
  expect(0, 0);
  EXPECT_EQ(server_.made, 2);
}

TEST_F(PoolTest, WhoRestsKeepsItsConnection) {
  auto pool = make({.most = 2, .wait = milliseconds(1)});
  auto writer = pool.take();
  ASSERT_TRUE(writer);
  writer->rest();
  writer->rest();
  expect(0, 1);
  const auto reader = pool.take();
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->number, 2);
  EXPECT_FALSE(pool.take());
  expect(1, 1);
  writer->wake();
  expect(2, 0);
  writer->rest();
  {
    const auto gone = std::move(*writer);
  }
  expect(1, 0);
}

TEST_F(PoolTest, OneThatIsNotHealthyIsReplaced) {
  auto pool = make({.most = 1, .wait = seconds(0)});
  auto first = pool.take();
  ASSERT_TRUE(first);
  (*first)->good = false;
  std::move(*first).give_back();
  const auto second = pool.take();
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->number, 2);
  expect(1, 0);
}

TEST_F(PoolTest, OneThatCannotBeOpenedTakesNoPlace) {
  auto pool = make({.most = 1, .wait = seconds(0)});
  server_.down = true;
  for (int i = 0; i < 3; ++i) {
    const auto refused = pool.take();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "no route to it");
  }
  server_.down = false;
  EXPECT_TRUE(pool.take());
  EXPECT_EQ(meter_.waits(), 0U);
}

TEST_F(PoolTest, AWaitEndsWhenAConnectionComesBackOrIsClosed) {
  auto pool = make({.most = 1, .wait = seconds(60)});
  for (const bool back : {true, false}) {
    auto held = pool.take();
    ASSERT_TRUE(held);
    const auto before = meter_.waits();
    std::thread other([&] {
      const auto taken = pool.take();
      EXPECT_TRUE(taken);
      EXPECT_EQ(server_.open, 1);
    });
    while (meter_.waits() == before) {
    }
    if (back) {
      std::move(*held).give_back();
    } else {
      const auto gone = std::move(*held);
    }
    other.join();
    EXPECT_EQ(meter_.waits(), before + 1);
    expect(0, 0);
  }
}

TEST_F(PoolTest, AWaitHasAnEnd) {
  auto pool = make({.most = 1, .wait = milliseconds(1)});
  const auto held = pool.take();
  const auto refused = pool.take();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("test: all 1 connections are in use"));
  EXPECT_EQ(meter_.waits(), 1U);
  expect(1, 0);
}

TEST_F(PoolTest, ManyThreadsNeverHaveMoreThanThereMayBe) {
  auto pool = make({.most = 3, .wait = seconds(60)});
  std::atomic<int> in_use = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 500; ++i) {
        auto lease = pool.take();
        ASSERT_TRUE(lease);
        EXPECT_LE(++in_use, 3);
        EXPECT_LE(server_.open, 3);
        --in_use;
        if ((i + thread) % 3 != 0) std::move(*lease).give_back();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(meter_.active(), 0U);
  EXPECT_EQ(static_cast<std::size_t>(server_.open), meter_.idle());
}

}  // namespace
}  // namespace tickwitness::store
