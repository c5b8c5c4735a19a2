// For tests: the engine before the simulated Binance, in virtual time. What both say goes through
// posted tasks, as over a network without delay.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/engine.h"
#include "app/settings_map.h"
#include "feed/test_world.h"
#include "runtime/http_requester.h"
#include "sim/exchange/binance.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {

// Carries out what the exchange decides.
class BinanceNetwork final : public runtime::MessageChannelFactory, public runtime::HttpRequester {
 public:
  BinanceNetwork(feed::test::HandExecutor& executor, sim::Settings settings)
      : exchange(std::move(settings), executor.now()),
        executor_(executor),
        timer_(executor.make_timer()) {
    turn();
  }

  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits&) override {
    return std::make_unique<Channel>(*this);
  }
  void get(const runtime::Endpoint&, std::string target, OnDone on_done) override {
    executor_.post([this, target = std::move(target), on_done = std::move(on_done)] {
      const sim::HttpReply reply = exchange.on_http("GET", target, executor_.now());
      asked.push_back(target);
      if (reply.used_weight) used_weight = *reply.used_weight;
      on_done(executor_.now(), runtime::HttpReply{.status = reply.status,
                                                  .body = reply.body,
                                                  .retry_after = reply.retry_after,
                                                  .used_weight = reply.used_weight});
    });
  }
  // The market ends and all that was made is sent; the connections stay open.
  void settle() {
    exchange.begin_shutdown(executor_.now(), actions_);
    timer_->cancel();
    std::erase_if(actions_,
                  [](const auto& one) { return std::holds_alternative<sim::Close>(one); });
    perform();
  }

  sim::Binance exchange;
  std::vector<std::string> asked;  // over REST
  std::uint64_t used_weight = 0;   // as the exchange said last
  int connections = 0;

 private:
  struct Channel final : runtime::MessageChannel {
    explicit Channel(BinanceNetwork& n) : network(n) {}
    ~Channel() override { end(); }
    void open(const runtime::Endpoint& endpoint, Events e) override {
      events = std::move(e);
      id = ++network.last_id_;
      network.open_[id] = this;
      network.later(id, [path = endpoint.path](Channel& c) { c.network.admit(c, path); });
    }
    void send(std::string text) override {
      network.later(id, [text = std::move(text)](Channel& c) {
        BinanceNetwork& n = c.network;
        n.exchange.on_text(c.id, n.executor_.now(), text, n.actions_);
        n.perform();
      });
    }
    void close() override {
      network.exchange.on_disconnect(id, network.executor_.now());
      network.later(id, [](Channel& c) { c.closed(runtime::CloseReason::local); });
    }
    void closed(runtime::CloseReason reason) {
      end();
      const auto on_closed = events.on_closed;
      on_closed(network.executor_.now(), {.reason = reason});
    }
    void end() { network.open_.erase(id); }
    BinanceNetwork& network;
    Events events;
    sim::ConnectionId id = 0;
  };

  // Nothing happens when the connection has ended by then.
  void later(sim::ConnectionId id, std::function<void(Channel&)> task) {
    executor_.post([this, id, task = std::move(task)] {
      if (const auto found = open_.find(id); found != open_.end()) task(*found->second);
    });
  }
  void admit(Channel& channel, const std::string& path) {
    if (exchange.on_attempt(path, executor_.now()) != sim::Binance::Admission::accept) {
      return channel.closed(runtime::CloseReason::refused);
    }
    ++connections;
    exchange.on_connect(channel.id, path, executor_.now(), actions_);
    channel.events.on_open(executor_.now());
    perform();
  }
  void turn() {
    exchange.step(executor_.now(), actions_);
    perform();
    timer_->arm(exchange.next_deadline(), [this] { turn(); });
  }
  void perform() {
    for (sim::Action& action : std::exchange(actions_, {})) {
      if (auto* send = std::get_if<sim::Send>(&action)) {
        later(send->connection, [this, text = std::move(send->text)](Channel& c) {
          c.events.on_message(executor_.now(), text);
        });
      } else if (const auto* close = std::get_if<sim::Close>(&action)) {
        later(close->connection, [](Channel& c) { c.closed(runtime::CloseReason::remote); });
      } else {
        later(std::get<sim::Reset>(action).connection,
              [](Channel& c) { c.closed(runtime::CloseReason::reset); });
      }
    }
  }

  feed::test::HandExecutor& executor_;
  std::unique_ptr<runtime::Timer> timer_;
  sim::Actions actions_;
  sim::ConnectionId last_id_ = 0;
  std::map<sim::ConnectionId, Channel*> open_;
};

// The engine with the settings that the product has by default, but for what it follows.
struct BinanceTrial {
  static EngineSettings following(std::vector<config::StreamSettings> streams,
                                  std::uint32_t book_depth) {
    config::Settings settings;
    settings.kraken.enabled = false;
    settings.binance.enabled = true;
    settings.binance.url = "ws://venue.test";
    settings.binance.rest_url = "http://venue.test";
    settings.binance.book_depth = book_depth;
    settings.binance.streams = std::move(streams);
    return *engine_settings(settings, 1);
  }
  BinanceTrial(sim::Settings exchange, std::vector<config::StreamSettings> streams,
               std::uint32_t book_depth = 100)
      : network(executor, std::move(exchange)),
        engine({.executor = executor,
                .channels = network,
                .registry = registry,
                .metrics = metrics,
                .log = log,
                .http = &network},
               following(std::move(streams), book_depth), nullptr,
               [this](std::shared_ptr<const serve::EngineStatus> s) { status = std::move(s); }) {
    engine.start();
  }
  void run_until(base::Duration time) { executor.run_until(time); }
  // What is compared has come to rest.
  void settle() {
    network.settle();
    run_until(executor.now().mono - base::Instant(std::chrono::seconds(1000)) +
              std::chrono::seconds(1));
  }
  double value(std::string_view name,
               std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    return telemetry::test::read(registry, name, labels).value_or(-1);
  }

  feed::test::HandExecutor executor;
  BinanceNetwork network;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  runtime::Log log{executor.clock(), base::LogFormat::logfmt, {}, [](std::string_view) {}};
  std::shared_ptr<const serve::EngineStatus> status;
  Engine engine;
};

}  // namespace tickwitness::app
