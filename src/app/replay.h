// Recordings through the same codec, intake and pipeline as live frames, in the recordings' own
// time: the same files give the same events, books and counters, bit for bit, at any speed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/replay_source.h"
#include "exchange/protocol.h"
#include "exchange/rest.h"
#include "feed/intake.h"
#include "pipeline/market_meter.h"
#include "store/recording_reader.h"
#include "telemetry/registry.h"

namespace tickwitness::app {

// Not thread-safe. Knows no file and no clock.
class Replay {
 public:
  explicit Replay(const ReplaySource& source);
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  // Decimals of markets as the operator knows them: a frame of Kraken's instrument channel, or a
  // reply to AssetPairs or exchangeInfo. Returns how many markets it names.
  base::Result<std::size_t> read_instruments(std::string_view text);

  const ReplaySource& source() const { return source_; }
  void on_line(const store::RecordedLine& line);
  // What still waits for what is not in the recording is let go.
  void finish();

  const feed::Intake& intake() const { return intake_; }
  const feed::GapLedger& ledger() const { return ledger_; }
  const telemetry::Registry& registry() const { return registry_; }
  // Decoded items under the exchange's own names of its channels, those that did not occur too.
  const std::vector<std::pair<std::string_view, std::uint64_t>>& events() const { return events_; }
  // Of everything that was handed on, in its order.
  std::uint64_t hash() const { return hash_; }

 private:
  void on_frame(std::string_view text, feed::StreamNumber stream);
  void on_rest(const store::RecordedLine& line);
  void on_witness_page(std::string_view url, const exchange::RestAnswer& answer);
  void on_lost_connection(std::string_view connection);
  bool on_snapshot_without_symbol();
  void count_events();
  void move_to(base::Now now);
  void keep();
  void drain();
  void add_to_hash(const pipeline::Tick& tick);

  ReplaySource source_;
  std::unique_ptr<exchange::Protocol> protocol_;
  std::unique_ptr<exchange::RestProtocol> rest_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  feed::GapLedger ledger_;
  pipeline::Handoff handoff_;
  pipeline::MarketMeter meter_;
  feed::Intake intake_;
  exchange::Frame frame_;
  base::Now now_{};
  std::optional<base::Now> origin_;  // the first receive time
  base::Instant next_tick_{};
  std::vector<std::pair<std::string_view, std::uint64_t>> events_;
  std::map<market::Symbol, feed::BackfillAsk> asks_;  // that the keeper waits for
  struct Connection {
    feed::StreamNumber number;
    std::vector<exchange::Subscription> streams;
  };
  std::map<std::string, Connection, std::less<>> connections_;  // by name
  std::vector<market::Symbol> numbered_books_;  // markets whose depth updates were seen
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace tickwitness::app
