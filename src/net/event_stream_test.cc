#include "net/event_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "net/testing.h"

namespace tickwitness::net {
namespace {
using std::chrono::milliseconds;
using testing::count_of;
using testing::Loop;
using testing::RawSocket;

const std::string kGet = "GET /sse HTTP/1.1\r\nHost: h\r\n\r\n";

Chunk event(int number, std::size_t padding = 0) {
  return std::make_shared<const std::string>(
      fmt::format("id: {}\ndata: {}\n\n", number, std::string(padding, 'x')));
}

// The ids of whole events, in order.
std::vector<int> ids(std::string_view text) {
  std::vector<int> found;
  for (std::size_t at = text.find("id: "); at != text.npos; at = text.find("id: ", at + 1)) {
    if (text.find("\n\n", at) != text.npos) found.push_back(std::atoi(text.data() + at + 4));
  }
  return found;
}

std::vector<int> sequence(int from, int to) {
  std::vector<int> numbers;
  for (int i = from; i <= to; ++i) numbers.push_back(i);
  return numbers;
}

class EventTopicTest : public ::testing::Test {
 protected:
  std::uint16_t start(EventTopicOptions options = {}, HttpLimits limits = {}) {
    topic.emplace(loop.executor, std::move(options));
    server.emplace(loop.executor, limits, [this](const Request& request, const Responder& to) {
      topic->accept(request, to, first, {{"X-Extra", "1"}});
    });
    return *server->listen({});
  }
  void connect(RawSocket& client) {
    const std::size_t clients = topic->counts().clients;
    client.send(kGet);
    ASSERT_TRUE(loop.until([&] { return topic->counts().clients == clients + 1; }));
  }

  Loop loop;
  std::optional<EventTopic> topic;
  std::optional<HttpServer> server;
  std::vector<Chunk> first;
};

TEST_F(EventTopicTest, SendsHeadFirstChunksThenWhatIsPublishedInOrder) {
  first = {event(100), event(101)};
  RawSocket client(start());
  topic->publish(event(0));  // before the client came: not for it
  connect(client);
  for (int i = 1; i <= 50; ++i) topic->publish(event(i));
  ASSERT_TRUE(loop.until([&] { return ids(client.received()).size() == 52; }));
  auto expected = sequence(1, 50);
  expected.insert(expected.begin(), {100, 101});
  EXPECT_EQ(ids(client.received()), expected);
  const std::string head = client.received().substr(0, client.received().find("\r\n\r\n"));
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(head.find("Content-Type: text/event-stream"), std::string::npos);
  EXPECT_NE(head.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_NE(head.find("X-Extra: 1"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(topic->counts().chunks_published, 51U);
  ASSERT_TRUE(loop.until([&] { return topic->counts().chunks_written == 50; }));
  EXPECT_EQ(topic->counts().bytes_written, client.received().size());
}

TEST_F(EventTopicTest, AnswersHeadWithTheHeaderOnly) {
  RawSocket client(start());
  client.send("HEAD /sse HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return client.ended(); }));
  EXPECT_EQ(count_of(client.received(), "text/event-stream"), 1U);
  EXPECT_EQ(topic->counts().opened, 0U);
}

TEST_F(EventTopicTest, GivesLateJoinersTheRestOnly) {
  const std::uint16_t port = start();
  RawSocket early(port);
  connect(early);
  topic->publish(event(1));
  RawSocket late(port);
  connect(late);
  topic->publish(event(2));
  ASSERT_TRUE(loop.until(
      [&] { return ids(early.received()).size() == 2 && ids(late.received()).size() == 1; }));
  EXPECT_EQ(ids(late.received()), sequence(2, 2));
}

TEST_F(EventTopicTest, SkipsASlowReaderWhileOthersGetEverything) {
  constexpr int kEvents = 400;
  constexpr std::size_t kPadding = 16U << 10;  // more in all than kernel buffers hold
  const std::uint16_t port =
      start({.chunks_max = 4,
             .lag_notice = std::make_shared<const std::string>(": skipped\n\n"),
             .send_buffer_bytes = 4096});
  RawSocket slow(port, 4096);
  connect(slow);
  RawSocket fast(port);
  connect(fast);
  for (int i = 1; i <= kEvents; ++i) {
    topic->publish(event(i, kPadding));
    ASSERT_TRUE(loop.until([&] {
      return fast.received().ends_with("x\n\n") && topic->counts().chunks_written >= std::size_t(i);
    }));
  }
  ASSERT_TRUE(loop.until([&] { return ids(fast.received()).size() == kEvents; }));
  EXPECT_EQ(ids(fast.received()), sequence(1, kEvents));

  ASSERT_TRUE(loop.until([&] {
    const auto got = ids(slow.received());
    return !got.empty() && got.back() == kEvents;
  }));
  const std::vector<int> got = ids(slow.received());
  EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
  const EventTopicCounts counts = topic->counts();
  EXPECT_EQ(got.size() + counts.chunks_dropped, std::size_t{kEvents});
  EXPECT_GT(counts.chunks_dropped, 0U);
  EXPECT_EQ(count_of(slow.received(), ": skipped\n\n"), counts.clients_lagged);
  EXPECT_EQ(count_of(slow.received(), std::string(kPadding, 'x') + "\n\n"), got.size());
}

TEST_F(EventTopicTest, CutsAClientWhoseSocketTakesNothing) {
  const std::uint16_t port = start({.stall_timeout = milliseconds(1), .send_buffer_bytes = 4096});
  RawSocket stalled(port, 4096);
  connect(stalled);
  topic->publish(event(1, 8U << 20));
  ASSERT_TRUE(loop.until([&] { return topic->counts().clients_stalled == 1; }));
  EXPECT_EQ(topic->counts().clients, 0U);
  EXPECT_EQ(server->counts().streams, 0U);
}

TEST_F(EventTopicTest, NoticesClientsThatLeave) {
  const std::uint16_t port = start();
  RawSocket stays(port);
  connect(stays);
  {
    RawSocket leaves(port);
    connect(leaves);
  }
  ASSERT_TRUE(loop.until([&] { return topic->counts().clients == 1; }));
  EXPECT_EQ(server->counts().streams, 1U);
  RawSocket talks(port);
  connect(talks);
  talks.send(std::string(100U << 10, 'x'));
  ASSERT_TRUE(loop.until([&] { return topic->counts().clients == 1; }));
  topic->publish(event(1));
  ASSERT_TRUE(loop.until([&] { return ids(stays.received()).size() == 1; }));
}

TEST_F(EventTopicTest, CountsStreamsApartFromConnections) {
  const std::uint16_t port = start({}, {.connections_max = 2, .streams_max = 3});
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawSocket>(port));
    connect(*clients.back());
  }
  EXPECT_EQ(server->counts().streams, 3U);
  EXPECT_EQ(server->counts().connections, 0U);
  RawSocket above(port);
  above.send(kGet);
  ASSERT_TRUE(loop.until([&] { return above.ended(); }));
  EXPECT_EQ(count_of(above.received(), "503 Service Unavailable"), 1U);
  EXPECT_EQ(server->counts().refused_full, 1U);
}

TEST_F(EventTopicTest, TellsTheDelayOfEachChunkAndClient) {
  std::vector<base::Duration> delays;
  const std::uint16_t port =
      start({.on_written = [&](base::Duration delay) { delays.push_back(delay); }});
  RawSocket first_client(port);
  connect(first_client);
  RawSocket second_client(port);
  connect(second_client);
  topic->publish(event(1));
  ASSERT_TRUE(loop.until([&] { return delays.size() == 2; }));
  EXPECT_GE(delays[0].count(), 0);
}

TEST_F(EventTopicTest, StopOfTheServerSendsWhatIsQueuedAndEndsTheStreams) {
  const std::uint16_t port = start();
  RawSocket client(port);
  connect(client);
  for (int i = 1; i <= 5; ++i) topic->publish(event(i));
  bool stopped = false;
  server->stop(std::chrono::hours(1), [&] { stopped = true; });
  ASSERT_TRUE(loop.until([&] { return stopped && client.ended(); }));
  EXPECT_EQ(ids(client.received()), sequence(1, 5));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(EventTopicTest, StopEndsIdleStreamsAndCutsStalledOnesAtTheLimit) {
  const std::uint16_t port = start({.send_buffer_bytes = 4096});
  RawSocket idle(port);
  connect(idle);
  ASSERT_TRUE(loop.until([&] { return !idle.received().empty(); }));
  RawSocket stalled(port, 4096);
  connect(stalled);
  ASSERT_TRUE(loop.until([&] { return !stalled.received().empty(); }));
  topic->publish(event(1, 8U << 20));
  bool stopped = false;
  server->stop(milliseconds(50), [&] { stopped = true; });
  ASSERT_TRUE(loop.until([&] { return stopped; }));
  EXPECT_EQ(topic->counts().clients, 0U);
}

TEST_F(EventTopicTest, EndsItsStreamsWhenDestroyed) {
  RawSocket client(start());
  connect(client);
  topic.reset();
  ASSERT_TRUE(loop.until([&] { return client.ended() && server->counts().streams == 0; }));
}

}  // namespace
}  // namespace tickwitness::net
