// A WebSocket client and server of this room on one executor, for the tests of both.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/testing.h"
#include "net/ws_client.h"
#include "net/ws_server.h"

namespace tickwitness::net::testing {

class WsTest : public ::testing::Test {
 protected:
  std::uint16_t start(WsServerLimits limits = {}) {
    WsServer::Events events;
    events.on_open = [this](WsServer::Id id, const Request& request) {
      peer = id;
      path = request.path;
    };
    events.on_text = [this](WsServer::Id id, base::Now, std::string_view text) {
      if (echo) server->send(id, std::string(text));
      server_got.emplace_back(text);
    };
    events.on_closed = [this](WsServer::Id, const runtime::Closed& closed) {
      server_closed = closed;
    };
    server.emplace(loop.executor, limits, std::move(events));
    http.emplace(loop.executor, HttpLimits{}, [this](const Request& request, const Responder& to) {
      if (request.path == "/forbidden") {
        to.respond(Response::text(403, "no"));
      } else if (request.path == "/busy") {
        to.respond(Response::text(429, "slow down"));
      } else if (request.path == "/later") {
        later.push_back(to);
      } else {
        server->accept(request, to);
      }
    });
    return *http->listen({});
  }

  void open(std::uint16_t port, const std::string& at = "/v2", runtime::ChannelLimits limits = {},
            const std::string& host = "127.0.0.1") {
    channel = factory.make(limits);
    channel->open({.tls = false, .host = host, .port = port, .path = at, .ca_file = ""}, events());
  }

  runtime::MessageChannel::Events events() {
    return {.on_open = [this](base::Now) { opened = true; },
            .on_message =
                [this](base::Now received, std::string_view text) {
                  got.emplace_back(text);
                  received_at.push_back(received);
                },
            .on_closed =
                [this](base::Now, const runtime::Closed& closed) {
                  ++closes;
                  client_closed = closed;
                }};
  }

  void open_and_wait(runtime::ChannelLimits limits = {}, WsServerLimits server_limits = {}) {
    open(start(server_limits), "/v2", limits);
    ASSERT_TRUE(loop.until([&] { return opened && peer != 0; }));
  }
  void expect_closed(runtime::CloseReason reason) {
    ASSERT_TRUE(loop.until([&] { return client_closed.has_value(); }));
    EXPECT_EQ(client_closed->reason, reason)
        << runtime::to_string(client_closed->reason) << ": " << client_closed->detail;
    EXPECT_NE(client_closed->detail, "");
    loop.drain();
    EXPECT_EQ(closes, 1);
  }

  Loop loop;
  std::optional<WsServer> server;
  std::optional<HttpServer> http;
  std::vector<Responder> later;
  WsChannelFactory factory{loop.executor};
  std::unique_ptr<runtime::MessageChannel> channel;
  WsServer::Id peer = 0;
  std::string path;
  bool echo = false;
  bool opened = false;
  int closes = 0;
  std::vector<std::string> server_got;
  std::vector<std::string> got;
  std::vector<base::Now> received_at;
  std::optional<runtime::Closed> client_closed;
  std::optional<runtime::Closed> server_closed;
};

}  // namespace tickwitness::net::testing
