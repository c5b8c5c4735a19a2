// Kraken WebSocket v1 as feed/ needs it: what to send and the codec.
#pragma once

#include "exchange/kraken/checksum.h"
#include "exchange/kraken/depth.h"
#include "exchange/kraken_v1/codec.h"
#include "exchange/protocol.h"

namespace tickwitness::exchange::kraken_v1 {

// Not thread-safe; one for each connection.
class KrakenV1 final : public Protocol {
 public:
  static constexpr std::size_t kSymbolsPerRequestMax = 100;

  // `book_depth`: one of those that Kraken offers, 10, 25, 100, 500 or 1000; 0: whatever the
  // snapshots look like, to read recordings only.
  explicit KrakenV1(std::uint32_t book_depth = 10) : book_depth_(book_depth) {}

  void decode(std::string_view text, Frame& out) override { codec_.decode(text, out); }

  // One request for each channel (and interval) and 100 symbols, in the order of `wanted`; what is
  // wanted twice is asked once. Channels that v1 does not have (instrument, agg_trade) are left
  // out.
  std::vector<Request> subscribe(std::span<const Subscription> wanted,
                                 std::uint64_t next_id) override;
  std::vector<Request> unsubscribe(std::span<const Subscription> wanted,
                                   std::uint64_t next_id) override;
  std::string ping(std::uint64_t id) override;

  // All on one: unlike v2, v1 names the interval in the channel.
  std::vector<std::size_t> assign_connections(std::span<const Subscription> wanted) const override {
    return std::vector<std::size_t>(wanted.size(), 0);
  }

  BookSync book_sync() const override { return BookSync::checksum; }
  std::size_t book_depth() const override { return book_depth_; }
  std::size_t book_depth_by(std::size_t levels) const override {
    return book_depth_ != 0 ? book_depth_ : kraken::depth_around(levels);
  }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook& book,
                                           market::Precision precision) const override {
    return kraken::book_checksum(book, precision);
  }

 private:
  std::vector<Request> requests(std::string_view event, std::span<const Subscription> wanted,
                                std::uint64_t next_id) const;

  std::uint32_t book_depth_;
  Codec codec_;
};

}  // namespace tickwitness::exchange::kraken_v1
