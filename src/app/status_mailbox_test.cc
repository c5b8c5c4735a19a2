#include "app/status_mailbox.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

#include "feed/test_world.h"
#include "net/testing.h"

namespace tickwitness::app {
namespace {

// Reports are told apart by their queue depth.
StatusMailbox::Status report(std::size_t number) {
  auto status = std::make_shared<serve::EngineStatus>();
  status->queue_depth = number;
  return status;
}

struct Desk {
  feed::test::HandExecutor reader;
  std::vector<std::size_t> got;
  std::optional<StatusMailbox> mailbox{
      std::in_place, reader,
      [this](const StatusMailbox::Status& status) { got.push_back(status->queue_depth); }};
};

TEST(StatusMailbox, AStalledReaderHoldsOneTaskAndGetsTheNewest) {
  Desk desk;
  for (std::size_t n = 1; n <= 1000; ++n) {
    desk.mailbox->put(report(n));
    ASSERT_EQ(desk.reader.posted(), 1U) << n;
  }
  EXPECT_TRUE(desk.got.empty());  // never on the writer's thread
  desk.reader.run_posted();
  EXPECT_EQ(desk.got, std::vector<std::size_t>{1000});
}

TEST(StatusMailbox, AReaderThatKeepsUpGetsEachInTime) {
  Desk desk;
  for (std::size_t n = 1; n <= 3; ++n) {
    desk.mailbox->put(report(n));
    std::size_t seen_after = 0;
    desk.reader.post([&] { seen_after = desk.got.empty() ? 0 : desk.got.back(); });
    desk.reader.run_posted();
    EXPECT_EQ(seen_after, n);  // before what is posted afterwards
  }
  EXPECT_EQ(desk.got, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(StatusMailbox, ATaskThatOutlivesItDoesNothing) {
  Desk desk;
  const StatusMailbox::Status status = report(1);
  desk.mailbox->put(status);
  desk.mailbox.reset();
  desk.reader.run_posted();
  EXPECT_TRUE(desk.got.empty());
  EXPECT_EQ(status.use_count(), 1);
}

TEST(StatusMailbox, TheLastOfManyReportsOfAnotherThreadArrives) {
  constexpr std::size_t kReports = 20'000;
  net::testing::Loop loop;
  std::size_t last = 0;
  bool backwards = false;
  StatusMailbox mailbox(loop.executor, [&](const StatusMailbox::Status& status) {
    backwards |= status->queue_depth <= last;
    last = status->queue_depth;
  });
  std::thread engine([&] {
    for (std::size_t n = 1; n <= kReports; ++n) mailbox.put(report(n));
  });
  EXPECT_TRUE(loop.until([&] { return last == kReports; }));
  engine.join();
  EXPECT_FALSE(backwards);
}

}  // namespace
}  // namespace tickwitness::app
