// Binance spot streams as feed/ needs them: what to send, on how many connections, and the codec.
#pragma once

#include "exchange/binance/codec.h"
#include "exchange/protocol.h"

namespace tickwitness::exchange::binance {

// Not thread-safe; one for each connection.
class BinanceSpot final : public Protocol {
 public:
  // Combined streams: only they say whose a partial book is.
  static constexpr std::string_view kPath = "/stream";
  static constexpr std::size_t kStreamsPerRequestMax = 100;
  static constexpr std::size_t kStreamsPerConnectionMax = 1024;  // Binance's own limit

  // `book_depth`: levels on each side of the snapshot that the changes go on from, 1 to 5000.
  explicit BinanceSpot(std::uint32_t book_depth = 1000) : book_depth_(book_depth) {}

  void decode(std::string_view text, Frame& out) override { codec_.decode(text, out); }

  // One request for each 100 streams, in the order of `wanted`; what is wanted twice is asked once.
  // What Binance has no stream for (instrument, an interval of its own) is left out. One answer
  // comes for the whole request, and it is the same for a market that there is not.
  std::vector<Request> subscribe(std::span<const Subscription> wanted,
                                 std::uint64_t next_id) override;
  std::vector<Request> unsubscribe(std::span<const Subscription> wanted,
                                   std::uint64_t next_id) override;
  // Asks for the list of subscriptions, whose answer is a pong without times: there is no ping that
  // a client may send.
  std::string ping(std::uint64_t id) override;

  // One less than Binance allows: the answers to its own pings count, and nobody asks here before
  // they go out.
  std::size_t max_messages_per_second() const override { return 4; }
  // 1024 on each; the same subscription on the same.
  std::vector<std::size_t> assign_connections(std::span<const Subscription> wanted) const override;

  BookSync book_sync() const override { return BookSync::update_ids; }
  std::size_t book_depth() const override { return book_depth_; }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook&,
                                           market::Precision) const override {
    return std::nullopt;
  }

 private:
  std::vector<Request> requests(std::string_view method, std::span<const Subscription> wanted,
                                std::uint64_t next_id) const;

  std::uint32_t book_depth_;
  Codec codec_;
};

}  // namespace tickwitness::exchange::binance
