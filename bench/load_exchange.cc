#include "bench/load_exchange.h"

#include <algorithm>

#include "sim/exchange/frames.h"
#include "sim/exchange/request.h"

namespace tickwitness::bench {
namespace {

// Events of one millisecond go out together: a real exchange sends in bursts too.
constexpr base::Duration kTurn = std::chrono::milliseconds(1);
// From the last subscription to the first event.
constexpr base::Duration kLead = std::chrono::milliseconds(50);
constexpr std::uint64_t kChannels = 2;  // trade, ticker

}  // namespace

LoadExchange::LoadExchange(runtime::AsioExecutor& executor, std::uint32_t events_per_second,
                           std::size_t remembered)
    : executor_(executor),
      rate_(events_per_second),
      sent_at_(remembered),
      sockets_(executor, {},
               {.on_open =
                    [this](net::WsServer::Id id, const net::Request&) {
                      text_.clear();
                      sim::write_status(text_, id, std::nullopt);
                      sockets_.send(id, text_);
                    },
                .on_text = [this](net::WsServer::Id id, base::Now,
                                  std::string_view text) { on_text(id, text); },
                .on_closed =
                    [this](net::WsServer::Id id, const runtime::Closed&) {
                      if (id != receiver_) return;
                      sent_ = 0;
                      pairs_.clear();
                      timer_->cancel();
                    }}),
      http_(executor, {},
            [this](const net::Request& request, const net::Responder& responder) {
              sockets_.accept(request, responder);
            }),
      timer_(executor.make_timer()) {}

void LoadExchange::on_text(net::WsServer::Id id, std::string_view text) {
  const sim::ParsedRequest parsed = sim::parse_request(text);
  if (parsed.error) return;
  const sim::Request& request = parsed.request;
  const base::WallTime wall = executor_.clock().now().wall;
  const sim::Served served{wall, wall};
  const auto answer = [&](const auto& write) {
    text_.clear();
    write();
    sockets_.send(id, text_);
  };
  if (request.method == sim::Request::Method::ping) {
    return answer([&] { sim::write_pong(text_, request, served); });
  }
  if (request.channel == sim::WireChannel::instrument) {
    answer([&] { sim::write_ack(text_, request, "", served); });
    return answer([&] { sim::write_instruments(text_, sim::default_pairs()); });
  }
  for (const auto& symbol : request.symbols) {
    answer([&] { sim::write_ack(text_, request, symbol, served); });
    if (std::ranges::find(pairs_, symbol, &sim::PairSettings::symbol) != pairs_.end()) continue;
    pairs_.push_back(sim::default_pairs().front());
    pairs_.back().symbol = symbol;
  }
  if (sent_ != 0) return;
  receiver_ = id;
  began_ = executor_.clock().now().mono + kLead;
  timer_->arm(began_, [this] { turn(); });
}

void LoadExchange::turn() {
  const base::Duration elapsed = executor_.clock().now().mono - began_;
  const auto due = static_cast<std::uint64_t>(base::seconds(elapsed) * static_cast<double>(rate_));
  for (; sent_ < due; ++sent_) {
    if (!sent_at_.empty() && sent_ == sent_at_.size()) return;
    send_event();
  }
  timer_->arm(executor_.clock().now().mono + kTurn, [this] { turn(); });
}

void LoadExchange::send_event() {
  const sim::PairSettings& pair = pairs_[sent_ % pairs_.size()];
  const base::Now now = executor_.clock().now();
  const auto step = static_cast<std::int64_t>(sent_ % 100);  // prices and amounts that change
  text_.clear();
  if (sent_ / pairs_.size() % kChannels == 0) {
    const sim::Fill fill{.id = sent_,
                         .price = pair.start_price + step,
                         .quantity = pair.typical_quantity + step,
                         .time = now.wall};
    sim::write_trades(text_, pair, {&fill, 1}, false);
  } else {
    const sim::BestQuote quote{.bid = pair.start_price - step,
                               .bid_quantity = pair.typical_quantity,
                               .ask = pair.start_price + step + 1,
                               .ask_quantity = pair.typical_quantity,
                               .time = now.wall};
    sim::DayFigures day;
    day.sums.low = day.sums.high = day.sums.close = pair.start_price;
    day.sums.volume = 1;
    day.sums.notional = pair.start_price;
    sim::write_ticker(text_, pair, quote, day, false);
  }
  if (!sent_at_.empty()) {
    sent_at_[sent_].store(executor_.clock().now().mono.time_since_epoch().count(),
                          std::memory_order_release);
  }
  sockets_.send_raw(receiver_, text_);
}

}  // namespace tickwitness::bench
