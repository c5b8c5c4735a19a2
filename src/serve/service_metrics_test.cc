// /metrics in its formats and codings, and what the service measures of its own requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/service.h"
#include "serve/test_service.h"
#include "telemetry/test_read.h"

namespace tickwitness::serve {
namespace {

using telemetry::test::read;
using test::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(ServiceMetrics, MetricsInBothFormatsAndByName) {
  World world;
  world.metrics.feed_bytes.at(telemetry::label::Exchange::kraken).add(7);
  const std::string text = world.body("/metrics");
  EXPECT_THAT(text, HasSubstr("tickwitness_feed_bytes_total{exchange=\"kraken\"} 7\n"));
  EXPECT_THAT(text, Not(HasSubstr("# EOF")));
  const net::Response open =
      world.get("/metrics", {{"Accept", "application/openmetrics-text;version=1.0.0"}});
  EXPECT_THAT(std::string(*open.header("Content-Type")),
              testing::StartsWith("application/openmetrics-text; version=1.0.0"));
  EXPECT_TRUE(open.body->ends_with("# EOF\n"));
  const std::string one = world.body("/metrics?name[]=tickwitness_feed_bytes_total");
  EXPECT_THAT(one, HasSubstr("tickwitness_feed_bytes_total{exchange=\"kraken\"} 7\n"));
  EXPECT_THAT(one, Not(HasSubstr("tickwitness_http_requests_total")));
  EXPECT_EQ(read(world.registry, "tickwitness_scrape_duration_seconds"), 3);
}

// As Prometheus asks for it.
constexpr const char* kProtobuf =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

// Names of the families of a delimited answer, read by the letter of the format: a length, then a
// message whose field 1 is the name. Empty when its bytes are anything else.
std::vector<std::string> families_of(std::string_view bytes) {
  const auto number = [&](std::string_view& from) {
    std::size_t value = 0;
    for (unsigned shift = 0; !from.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(from[0]);
      from.remove_prefix(1);
      value |= static_cast<std::size_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  std::vector<std::string> names;
  while (!bytes.empty()) {
    const std::size_t size = number(bytes);
    if (size > bytes.size()) return {};
    std::string_view message = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (!message.starts_with('\x0A')) return {};
    message.remove_prefix(1);
    const std::size_t length = number(message);
    names.emplace_back(message.substr(0, length));
  }
  return names;
}

TEST(ServiceMetrics, MetricsInProtobufHaveTheFamiliesOfTheText) {
  World world;
  world.metrics.feed_bytes.at(telemetry::label::Exchange::kraken).add(7);
  world.get("/metrics");
  world.get("/metrics");  // from now on every request finds its series
  const std::string text = world.body("/metrics");
  const net::Response answer = world.get("/metrics", {{"Accept", kProtobuf}});
  EXPECT_EQ(answer.header("Content-Type"),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
            "encoding=delimited");
  EXPECT_EQ(answer.header("Content-Encoding"), std::nullopt);
  EXPECT_EQ(answer.header("Vary"), "Accept, Accept-Encoding");
  std::vector<std::string> expected;
  for (std::size_t at = text.find("# TYPE "); at != text.npos; at = text.find("# TYPE ", at + 1)) {
    expected.push_back(text.substr(at + 7, text.find(' ', at + 7) - at - 7));
  }
  ASSERT_GT(expected.size(), 10U);
  EXPECT_EQ(families_of(*answer.body), expected);
  const std::string one =
      world.body("/metrics?name[]=tickwitness_feed_bytes_total", {{"Accept", kProtobuf}});
  EXPECT_THAT(families_of(one), ElementsAre("tickwitness_feed_bytes_total"));
}

TEST(ServiceMetrics, ProtobufIsCompressedToo) {
  World world;
  for (const auto& [coding, magic] :
       {std::pair("gzip", "\x1f\x8b"), std::pair("zstd", "\x28\xb5\x2f\xfd")}) {
    const net::Response answer =
        world.get("/metrics", {{"Accept", kProtobuf}, {"Accept-Encoding", coding}});
    EXPECT_THAT(std::string(*answer.header("Content-Type")),
                testing::StartsWith("application/vnd.google.protobuf;"));
    EXPECT_EQ(answer.header("Content-Encoding"), coding);
    EXPECT_TRUE(answer.body->starts_with(magic)) << coding;
  }
}

TEST(ServiceMetrics, MetricsAreCompressedForThoseWhoAcceptIt) {
  World world;
  for (const auto* path : {"/health", "/live", "/", "/none"}) world.get(path);
  const net::Response plain = world.get("/metrics");
  const net::Response packed = world.get("/metrics", {{"Accept-Encoding", "gzip"}});
  ASSERT_GT(plain.body->size(), 1024U);
  EXPECT_EQ(plain.header("Content-Encoding"), std::nullopt);
  EXPECT_EQ(plain.header("Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_TRUE(packed.body->starts_with("\x1f\x8b"));
  EXPECT_LT(packed.body->size(), plain.body->size());
  EXPECT_EQ(world.get("/metrics", {{"Accept-Encoding", "gzip; q=0"}}).header("Content-Encoding"),
            std::nullopt);
}

TEST(ServiceMetrics, MetricsCanBeSwitchedOff) {
  World world({.metrics = false});
  EXPECT_EQ(world.get("/metrics").status, 404);
  EXPECT_THAT(world.body("/metrics"), HasSubstr("switched off"));
}

TEST(ServiceMetrics, RequestsInFlightAreThoseOfTheMomentOfTheScrape) {
  World world;
  for (const std::size_t requests : {3U, 1U}) {
    world.counts.requests = requests;
    EXPECT_THAT(world.body("/metrics"), HasSubstr("\ntickwitness_http_requests_in_flight " +
                                                  std::to_string(requests) + "\n"));
  }
}

// What a page of metrics says of a histogram, from its text.
std::string line_of(const std::string& page, const std::string& begin) {
  const std::size_t at = page.find("\n" + begin);
  if (at == std::string::npos) return "";
  return page.substr(at + 1 + begin.size(), page.find('\n', at + 1) - at - 1 - begin.size());
}

TEST(ServiceMetrics, BodiesAreMeasuredInBytesAsSent) {
  World world;
  world.get("/health");  // "OK" and a line feed
  net::Request head = World::request("/health");
  head.head = true;
  world.service.handle(head);
  net::Request post = World::request("/health");
  post.method = "POST";
  for (const std::size_t size : {100U, 101U, 3000U}) {
    post.body.assign(size, 'x');
    world.service.handle(post);
  }
  const std::string page = world.body("/metrics");
  const std::string name = "tickwitness_http_request_size_bytes";
  const std::string of_post = R"({method="POST",route="other"})";
  EXPECT_EQ(line_of(page, name + "_count" + of_post + " "), "3");
  EXPECT_EQ(line_of(page, name + "_sum" + of_post + " "), "3201");
  const auto upto = [&](const std::string& le) {
    return line_of(page, name + R"(_bucket{method="POST",route="other",le=")" + le + "\"} ");
  };
  EXPECT_EQ(upto("100.0"), "1");
  EXPECT_EQ(upto("128.0"), "2");
  EXPECT_EQ(upto("8192.0"), "3");
  const std::string answered = "tickwitness_http_response_size_bytes";
  const std::string of_get = R"({method="GET",route="/health"})";
  EXPECT_EQ(line_of(page, answered + "_count" + of_get + " "), "2");
  EXPECT_EQ(line_of(page, answered + "_sum" + of_get + " "), "3");  // nothing is sent to HEAD
  const net::Response packed = world.get("/metrics", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(line_of(world.body("/metrics"), answered + R"(_sum{method="GET",route="/metrics"} )"),
            std::to_string(page.size() + packed.body->size()));
}

}  // namespace
}  // namespace tickwitness::serve
