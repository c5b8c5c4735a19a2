#include "sim/world/network.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace tickwitness::sim {
namespace {

using runtime::Closed;
using runtime::CloseReason;
using Mark = Pipe::Mark;

constexpr base::Duration kCloseTimeout = std::chrono::seconds(1);  // as the product's client

}  // namespace

struct Network::Connection : BothWays {
  enum class State : std::uint8_t { connecting, open, closing, ended };
  Connection(ConnectionId connection_id, std::uint64_t link_number,
             const runtime::ChannelLimits& channel_limits, runtime::MessageChannel::Events wanted)
      : id(connection_id),
        link(link_number),
        limits(channel_limits),
        events(std::move(wanted)),
        inbox(channel_limits.message_bytes_max),
        exchange_inbox(std::size_t{1} << 20) {}

  ConnectionId id;
  std::uint64_t link;
  runtime::ChannelLimits limits;
  runtime::MessageChannel::Events events;
  State state = State::connecting;
  std::unique_ptr<runtime::Timer> timer;  // of connecting, later of closing
  WireReader inbox;                       // of the engine
  WireReader exchange_inbox;
  std::deque<Parcel> parcels;  // of the messages that are on their way to the engine
  std::optional<Mark> answer;  // open, refused, too_many: arrived, not yet handled
  std::optional<Closed> ends;  // once the inbox is empty
  bool woken = false;
  bool local_close = false;  // asked for by the engine
  bool at_exchange_open = false;
};

class Network::Channel final : public runtime::MessageChannel {
 public:
  Channel(Network& network, const runtime::ChannelLimits& limits)
      : network_(network), limits_(limits), link_(++network.last_link_) {}
  ~Channel() override {
    if (connection_) network_.abandon(*connection_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void open(const runtime::Endpoint&, Events events) override {
    if (connection_) network_.abandon(*connection_);
    connection_ = network_.open(link_, limits_, std::move(events));
  }
  void send(std::string text) override {
    if (connection_) network_.send(*connection_, text);
  }
  void close() override {
    if (connection_) network_.close(connection_);
  }

 private:
  Network& network_;
  runtime::ChannelLimits limits_;
  std::uint64_t link_;
  std::shared_ptr<Connection> connection_;
};

Network::Network(Scheduler& scheduler, Role& engine, const MachineClock& exchange_clock,
                 Kraken& exchange, EventHash& history, base::Prng random)
    : scheduler_(scheduler),
      engine_(engine),
      exchange_clock_(exchange_clock),
      exchange_(exchange),
      history_(history),
      random_(random) {
  plan_turn();
}

Network::~Network() = default;

std::unique_ptr<runtime::MessageChannel> Network::make(const runtime::ChannelLimits& limits) {
  return std::make_unique<Channel>(*this, limits);
}

void Network::set_weather(const Weather& weather) {
  weather_ = weather;
  for (const auto& [id, connection] : connections_) connection->resume();
}

std::size_t Network::bytes_in_flight() const {
  std::size_t bytes = 0;
  for (const auto& [id, connection] : connections_) {
    bytes += connection->bytes_in_flight() + connection->inbox.buffered() +
             connection->exchange_inbox.buffered();
  }
  return bytes;
}

void Network::plan_turn() {
  const base::Instant next = exchange_.next_deadline();
  if (turn_ != 0 && turn_at_ == next) return;
  if (turn_ != 0) scheduler_.cancel(std::exchange(turn_, 0));
  if (next == base::Instant::max()) return;
  turn_at_ = next;
  turn_ = scheduler_.at(exchange_clock_.when(next), [this] {
    turn_ = 0;
    exchange_.step(exchange_clock_.now(), actions_);
    perform();
  });
}

void Network::heal_exchange() {
  exchange_.heal(exchange_clock_.now(), actions_);
  perform();
}

void Network::shut_exchange_down() {
  exchange_.begin_shutdown(exchange_clock_.now(), actions_);
  perform();
}

void Network::perform() {
  for (auto& action : std::exchange(actions_, {})) {
    const ConnectionId id = std::visit([](const auto& a) { return a.connection; }, action);
    const auto found = connections_.find(id);
    if (found == connections_.end() || !found->second->at_exchange_open) continue;
    Connection& connection = *found->second;
    if (auto* send = std::get_if<Send>(&action)) {
      std::string bytes;
      append_message(bytes, send->text, send->fragment_bytes);
      connection.parcels.push_back(send->parcel);
      connection.to_engine->write(bytes);
    } else {
      connection.at_exchange_open = false;
      if (std::holds_alternative<Reset>(action)) {
        connection.to_engine->cut();
      } else {
        connection.to_engine->mark(Mark::end);
      }
    }
  }
  plan_turn();
}

std::shared_ptr<Network::Connection> Network::open(std::uint64_t link,
                                                   const runtime::ChannelLimits& limits,
                                                   runtime::MessageChannel::Events events) {
  auto connection = std::make_shared<Connection>(++last_id_, link, limits, std::move(events));
  // The pipes do not keep the connection: the map does, until both ends have forgotten it.
  const std::weak_ptr<Connection> weak = connection;
  connection->to_exchange = std::make_unique<Pipe>(scheduler_, random_, weather_,
                                                   [this, weak](Mark mark, std::string_view bytes) {
                                                     if (const auto strong = weak.lock())
                                                       at_exchange(strong, mark, bytes);
                                                   });
  connection->to_engine = std::make_unique<Pipe>(scheduler_, random_, weather_,
                                                 [this, weak](Mark mark, std::string_view bytes) {
                                                   if (const auto strong = weak.lock())
                                                     at_engine(strong, mark, bytes);
                                                 });
  connections_.emplace(connection->id, connection);
  const base::Now now = engine_.clock().now();
  ledger_->on_attempt(link, now);
  connection->timer = engine_.make_timer();
  connection->timer->arm(now.mono + limits.connect_timeout, [this, weak] {
    if (const auto strong = weak.lock()) {
      end(*strong, {.reason = CloseReason::timeout, .detail = "no connection in time"});
    }
  });
  connection->to_exchange->mark(Mark::open);
  return connection;
}

void Network::at_exchange(const std::shared_ptr<Connection>& connection, Mark mark,
                          std::string_view bytes) {
  const base::Now now = exchange_clock_.now();
  if (mark == Mark::open) {
    const auto admission = exchange_.on_attempt("/v2", now);
    if (admission == Kraken::Admission::accept) {
      connection->at_exchange_open = true;
      connection->to_engine->mark(Mark::open);
      exchange_.on_connect(connection->id, "/v2", now, actions_);
    } else {
      connection->to_engine->mark(admission == Kraken::Admission::too_many ? Mark::too_many
                                                                           : Mark::refused);
    }
  } else if (mark == Mark::bytes) {
    connection->exchange_inbox.add(bytes);
    while (const auto message = connection->exchange_inbox.next()) {
      if (!connection->at_exchange_open || message->kind != WireReader::Kind::text) break;
      exchange_.on_text(connection->id, now, message->text, actions_);
      perform();
    }
  } else {
    if (std::exchange(connection->at_exchange_open, false)) {
      exchange_.on_disconnect(connection->id, now);
    }
    connection->to_engine->mark(Mark::end);
    if (connection->state == Connection::State::ended) connections_.erase(connection->id);
  }
  perform();
}

void Network::at_engine(const std::shared_ptr<Connection>& connection, Mark mark,
                        std::string_view bytes) {
  if (connection->state == Connection::State::ended) return;
  switch (mark) {
    case Mark::bytes:
      connection->inbox.add(bytes);
      break;
    case Mark::open:
    case Mark::refused:
    case Mark::too_many:
      connection->answer = mark;
      break;
    case Mark::end:
      connection->ends = Closed{.reason = CloseReason::remote, .detail = "closed by the exchange"};
      break;
    case Mark::reset:
      connection->ends = Closed{.reason = CloseReason::reset, .detail = "connection reset"};
      break;
  }
  wake(connection);
}

void Network::wake(const std::shared_ptr<Connection>& connection) {
  if (std::exchange(connection->woken, true)) return;
  engine_.post([this, connection] {
    connection->woken = false;
    read_one(connection);
  });
}

// One thing in a turn, as a socket's handler would: others come in between.
void Network::read_one(const std::shared_ptr<Connection>& connection) {
  using State = Connection::State;
  if (connection->state == State::ended) return;
  if (const auto answer = std::exchange(connection->answer, std::nullopt)) {
    if (connection->state != State::connecting) return;
    if (*answer == Mark::refused) {
      return end(*connection, {.reason = CloseReason::refused, .detail = "connection refused"});
    }
    if (*answer == Mark::too_many) {
      return end(
          *connection,
          {.reason = CloseReason::upgrade, .detail = "429 Too Many Requests", .http_status = 429});
    }
    connection->timer->cancel();
    connection->state = State::open;
    const base::Now now = engine_.clock().now();
    ledger_->on_open(connection->link, now);
    history_.add(connection->link);
    wake(connection);  // what came with the answer
    return connection->events.on_open(now);
  }
  if (auto message = connection->inbox.next()) {
    wake(connection);
    if (message->kind == WireReader::Kind::oversize) {
      return end(*connection, {.reason = CloseReason::oversize, .detail = "message too large"});
    }
    if (!base::is_utf8(message->text)) {
      return end(*connection, {.reason = CloseReason::protocol, .detail = "text is not UTF-8"});
    }
    return deliver(*connection, message->text);
  }
  if (connection->ends) end(*connection, *connection->ends);
}

void Network::deliver(Connection& connection, const std::string& text) {
  const Parcel parcel = connection.parcels.front();
  connection.parcels.pop_front();
  if (connection.state != Connection::State::open) return;  // closing: nobody listens any more
  const base::Now now = engine_.clock().now();
  history_.add(static_cast<std::uint64_t>(scheduler_.now().count()));
  history_.add(connection.link);
  history_.add(text);
  ledger_->on_delivered(connection.link, now, parcel, text.size());
  connection.events.on_message(now, text);
}

void Network::send(Connection& connection, const std::string& text) {
  if (connection.state != Connection::State::open) return;
  const base::Now now = engine_.clock().now();
  history_.add(static_cast<std::uint64_t>(scheduler_.now().count()));
  history_.add(connection.link);
  history_.add(text);
  if (connection.to_exchange->bytes_in_flight() + text.size() >
      connection.limits.send_queue_bytes_max) {
    connection.ends = Closed{.reason = CloseReason::timeout, .detail = "the peer takes too slowly"};
    connection.state = Connection::State::closing;
    return wake(connections_.at(connection.id));
  }
  ledger_->on_sent(connection.link, now, text);
  std::string bytes;
  append_message(bytes, text);
  connection.to_exchange->write(bytes);
}

void Network::close(const std::shared_ptr<Connection>& connection) {
  using State = Connection::State;
  if (connection->state == State::ended || connection->state == State::closing) return;
  const bool open = connection->state == State::open;
  ledger_->on_closing(connection->link, engine_.clock().now());
  connection->state = State::closing;
  connection->local_close = true;
  const Closed why{.reason = CloseReason::local,
                   .detail = open ? "closed" : "closed while connecting"};
  connection->to_exchange->mark(Mark::end);
  if (!open) {
    engine_.post([this, connection, why] { end(*connection, why); });
    return;
  }
  // The exchange answers, or is not waited for.
  const std::weak_ptr<Connection> weak = connection;
  connection->timer->arm(engine_.clock().now().mono + kCloseTimeout, [this, weak, why] {
    if (const auto strong = weak.lock()) end(*strong, why);
  });
}

void Network::end(Connection& connection, Closed why) {
  using State = Connection::State;
  if (connection.state == State::ended) return;
  const auto self = connections_.at(connection.id);  // its owner may drop it
  if (connection.local_close) why.reason = CloseReason::local;
  connection.state = State::ended;
  connection.timer->cancel();
  if (connection.at_exchange_open) {
    connection.to_exchange->mark(Mark::end);  // forgotten once the exchange has heard
  } else {
    connections_.erase(connection.id);
  }
  const base::Now now = engine_.clock().now();
  history_.add(to_string(why.reason));
  ledger_->on_ended(connection.link, now, why.reason, finishing_);
  const auto events = std::exchange(connection.events, {});
  events.on_closed(now, why);
}

void Network::abandon(Connection& connection) {
  if (connection.state == Connection::State::ended) return;
  connection.state = Connection::State::ended;
  connection.timer->cancel();
  connection.events = {};
  connection.to_exchange->mark(Mark::end);
}

}  // namespace tickwitness::sim
