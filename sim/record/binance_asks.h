// What a client asks of the simulated Binance, in the words that the record has for any exchange,
// until it is answered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/exchange/binance_streams.h"
#include "sim/exchange/request.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

// Not thread-safe.
class BinanceAsks {
 public:
  explicit BinanceAsks(const Settings& exchange);

  // A request for each stream that there is and that the record follows; none for other questions.
  // Nothing for what Binance would not understand.
  std::optional<std::vector<Request>> on_sent(std::uint64_t link, std::string_view text);
  // One answer is to all that a request asked for: once each, all of it.
  std::vector<Request> take(std::uint64_t link, std::uint64_t id);
  // What was asked on the last connection nobody answers any more.
  void forget(std::uint64_t link);

 private:
  std::vector<std::string> symbols_;  // "BTC/USDT"
  Streams streams_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<Request>> unanswered_;
};

}  // namespace tickwitness::sim
