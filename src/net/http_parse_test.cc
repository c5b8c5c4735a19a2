#include "net/http_parse.h"

#include <gtest/gtest.h>

namespace tickwitness::net {
namespace {

constexpr std::size_t kHeaderMax = 256;
constexpr std::size_t kBodyMax = 64;

struct Outcome {
  ParseState state = ParseState::need_more;
  int status = 0;
  std::string left;  // not consumed
  Request request;
};

// Feeds in pieces of `step` bytes, as a slow network would.
Outcome feed(std::string_view wire, std::size_t step) {
  RequestParser parser(kHeaderMax, kBodyMax);
  Outcome outcome;
  std::string buffer;
  while (outcome.state == ParseState::need_more && !wire.empty()) {
    buffer += wire.substr(0, step);
    wire.remove_prefix(std::min(step, wire.size()));
    std::size_t consumed = 0;
    outcome.state = parser.feed(buffer, consumed);
    buffer.erase(0, consumed);
  }
  outcome.left = buffer + std::string(wire);
  outcome.status = parser.error_status();
  if (outcome.state == ParseState::complete) outcome.request = parser.take();
  return outcome;
}

TEST(RequestParser, ReadsTheSameRequestInPiecesOfAnySize) {
  const std::string wire =
      "POST /api/v1/x?a=b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-Mixed: A b\r\n\r\nhello";
  for (std::size_t step = 1; step <= wire.size() + 4; ++step) {
    const Outcome outcome = feed(wire + "GET ", step);
    ASSERT_EQ(outcome.state, ParseState::complete) << step;
    EXPECT_EQ(outcome.request.method, "POST");
    EXPECT_EQ(outcome.request.path, "/api/v1/x");
    EXPECT_EQ(outcome.request.parameter("a"), "b");
    EXPECT_EQ(outcome.request.header("x-mixed"), "A b");
    EXPECT_EQ(outcome.request.body, "hello");
    EXPECT_EQ(outcome.left, "GET ") << step;
  }
}

TEST(RequestParser, HeadIsGetWithoutBodyInTheAnswer) {
  const Outcome outcome = feed("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n", 1000);
  EXPECT_EQ(outcome.request.method, "GET");
  EXPECT_TRUE(outcome.request.head);
}

TEST(RequestParser, KnowsAnUpgrade) {
  const std::string upgrade =
      "Host: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  EXPECT_TRUE(feed("GET /v2 HTTP/1.1\r\n" + upgrade, 1000).request.upgrade);
  EXPECT_FALSE(feed("POST /v2 HTTP/1.1\r\n" + upgrade, 1000).request.upgrade);
  EXPECT_FALSE(feed("GET /v2 HTTP/1.1\r\nHost: h\r\n\r\n", 1000).request.upgrade);
}

struct Refusal {
  std::string wire;
  int status;
};

TEST(RequestParser, RefusesWhatIsBrokenOrAmbiguous) {
  const std::string get = "GET / HTTP/1.1\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const Refusal cases[] = {
      {"\x16\x03\x01\x02garbage\r\n\r\n", 400},  // TLS on a plain port
      {"GET\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 400},
      {"GET / HTTP/1.1 x\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\n\r\n", 400},
      {"GET / FTP/1.1\r\n\r\n", 400},
      {get + "\r\n", 400},  // no Host
      {get + "Host: a\r\nHost: b\r\n\r\n", 400},
      {get + "Host: h\r\nno colon\r\n\r\n", 400},
      {get + "Host: h\r\nbad name: x\r\n\r\n", 400},
      {get + "Host : h\r\n\r\n", 400},
      {"GET %zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", 400},
      {post + "Content-Length: 2, 3\r\n\r\nab", 400},
      {post + "Content-Length: +2\r\n\r\nab", 400},
      {post + "Content-Length: -2\r\n\r\nab", 400},
      {post + "Content-Length: 0x2\r\n\r\nab", 400},
      {post + "Content-Length: 99999999999999999999\r\n\r\nab", 400},
      {post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: gzip\r\n\r\nab", 411},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 411},
      {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 411},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 411},
      {post + "Content-Length: 65\r\n\r\n" + std::string(65, 'x'), 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
      {"GET /" + std::string(kHeaderMax, 'x') + " HTTP/1.1\r\n", 431},
      {"GET /" + std::string(4 * kHeaderMax, 'x'), 431},
      {get + "Host: h\r\nX: " + std::string(kHeaderMax, 'x') + "\r\n\r\n", 431},
      {"GET /" + std::string(200, 'x') + " HTTP/1.1\r\nHost: h\r\nX: " + std::string(200, 'x'),
       431},
  };
  for (const Refusal& c : cases) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, c.wire.size()}) {
      const Outcome outcome = feed(c.wire, step);
      EXPECT_EQ(outcome.state, ParseState::failed) << c.wire << " by " << step;
      EXPECT_EQ(outcome.status, c.status) << c.wire << " by " << step;
    }
  }
}

TEST(ResponseParser, EndsByLengthChunksOrConnection) {
  const std::string answers[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.0 200 OK\r\n\r\nhello",
  };
  for (const std::string& answer : answers) {
    ResponseParser parser(kHeaderMax, kBodyMax);
    std::size_t consumed = 0;
    ParseState state = parser.feed(answer, consumed);
    if (state == ParseState::need_more) state = parser.finish();
    ASSERT_EQ(state, ParseState::complete) << answer;
    const Response response = parser.take();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(*response.body, "hello");
  }
}

TEST(ResponseParser, ReadsChunksInPiecesOfAnySize) {
  const std::string answers[][2] = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nX-Trailer: 1\r\n\r\n",
       "abcd"},
  };
  for (const auto& [wire, body] : answers) {
    for (std::size_t step = 1; step <= wire.size(); ++step) {
      ResponseParser parser(kHeaderMax, kBodyMax);
      ParseState state = ParseState::need_more;
      std::string buffer;
      for (std::size_t at = 0; at < wire.size() && state == ParseState::need_more; at += step) {
        buffer += wire.substr(at, step);
        std::size_t consumed = 0;
        state = parser.feed(buffer, consumed);
        buffer.erase(0, consumed);
      }
      ASSERT_EQ(state, ParseState::complete) << step;
      EXPECT_EQ(*parser.take().body, body) << step;
    }
  }
}

struct BadAnswer {
  std::string wire;
  std::string names;
};

TEST(ResponseParser, SaysWhatIsWrong) {
  const BadAnswer cases[] = {
      {"", "ended within"},
      {"HTTP/1.1 200 OK\r\nContent-Le", "ended within"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "ended within"},
      {"220 smtp.example ready\r\n", "not an HTTP answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n", "larger than the limit"},
  };
  for (const BadAnswer& c : cases) {
    ResponseParser parser(kHeaderMax, kBodyMax);
    std::size_t consumed = 0;
    ParseState state = ParseState::need_more;
    if (!c.wire.empty()) state = parser.feed(c.wire, consumed);
    if (state == ParseState::need_more) state = parser.finish();
    EXPECT_EQ(state, ParseState::failed) << c.wire;
    EXPECT_NE(parser.error().find(c.names), std::string::npos) << parser.error();
  }
}

}  // namespace
}  // namespace tickwitness::net
