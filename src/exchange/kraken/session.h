// Kraken WebSocket v2 as feed/ needs it: what to send, on how many connections, and the codec.
#pragma once

#include "exchange/kraken/checksum.h"
#include "exchange/kraken/codec.h"
#include "exchange/kraken/depth.h"
#include "exchange/protocol.h"

namespace tickwitness::exchange::kraken {

// Not thread-safe; one for each connection.
class KrakenV2 final : public Protocol {
 public:
  static constexpr std::size_t kSymbolsPerRequestMax = 100;

  // `book_depth`: one of those that Kraken offers, 10, 25, 100, 500 or 1000; 0: whatever the
  // snapshots look like, to read recordings only.
  explicit KrakenV2(std::uint32_t book_depth = 10) : book_depth_(book_depth) {}

  void decode(std::string_view text, Frame& out) override { codec_.decode(text, out); }

  // One request for each channel (and interval) and 100 symbols, in the order of `wanted`; what is
  // wanted twice is asked once. `snapshot` is always said: its default has changed before. Trades
  // ask for it too, since the last 50 may bridge a reconnect; feed/ drops those it knows.
  std::vector<Request> subscribe(std::span<const Subscription> wanted,
                                 std::uint64_t next_id) override;
  std::vector<Request> unsubscribe(std::span<const Subscription> wanted,
                                   std::uint64_t next_id) override;
  std::string ping(std::uint64_t id) override;

  // Kraken serves one ohlc interval per symbol and connection: the smallest interval and
  // everything that is not ohlc go to connection 0, each further interval to one of its own
  // (docs/decisions/0002-one-connection-per-ohlc-interval.md).
  std::vector<std::size_t> assign_connections(std::span<const Subscription> wanted) const override;

  BookSync book_sync() const override { return BookSync::checksum; }
  std::size_t book_depth() const override { return book_depth_; }
  std::size_t book_depth_by(std::size_t levels) const override {
    return book_depth_ != 0 ? book_depth_ : depth_around(levels);
  }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook& book,
                                           market::Precision precision) const override {
    return book_checksum(book, precision);
  }

 private:
  std::uint32_t book_depth_;
  Codec codec_;
};

}  // namespace tickwitness::exchange::kraken
