// tickwitness replay: recordings through the same codec, intake and pipeline as live frames.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <thread>

#include "app/commands.h"
#include "base/json_write.h"
#include "exchange/kraken/session.h"
#include "feed/intake.h"
#include "pipeline/market_meter.h"
#include "runtime/clock.h"
#include "store/recording_reader.h"
#include "telemetry/registry.h"

namespace tickwitness::app {
namespace {

class Replay {
 public:
  Replay(const ReplayOptions& options, store::RecordingReader reader, double speed)
      : options_(options),
        reader_(std::move(reader)),
        speed_(speed),
        handoff_(kRing, pipeline::OverloadPolicy::backpressure, metrics_,
                 telemetry::label::Ring{"ingest"}),
        meter_(metrics_),
        intake_(market::Venue::kraken, metrics_, handoff_, [this] { drain(); }) {}

  int run() {
    began_ = clock_.now();
    for (;;) {
      const auto line = reader_.next();
      if (!line) {
        fmt::print(stderr, "tickwitness replay: {}\n", line.error().message);
        return kDataError;
      }
      if (!*line) break;
      if ((*line)->kind == store::RecordedLine::Kind::frame) on_frame(**line);
    }
    if (terminal_) fmt::print(stderr, "\n");
    for (const auto& note : reader_.notes()) fmt::print(stderr, "tickwitness replay: {}\n", note);
    report();
    return kOk;
  }

 private:
  static constexpr std::size_t kRing = 8192;

  void on_frame(const store::RecordedLine& line) {
    keep_pace(line);
    // Without a receive time the frame is taken as received when it is read: its latency says
    // nothing and no view shows it.
    const base::Now now = clock_.now();
    const base::Now received{.mono = now.mono, .wall = line.received.value_or(now.wall)};
    protocol_.decode(line.text, frame_);
    intake_.on_frame(received, frame_, line.text.size());
    drain();
    if (terminal_ && intake_.counts().frames % kProgressFrames == 0) progress();
  }

  void keep_pace(const store::RecordedLine& line) {
    if (speed_ == 0 || !line.received) return;
    if (!first_) first_ = *line.received;
    const auto due = std::chrono::duration<double, std::nano>(*line.received - *first_) / speed_;
    const base::Duration ahead =
        base::Duration(static_cast<std::int64_t>(due.count())) - (clock_.now().mono - began_.mono);
    if (ahead > base::Duration::zero()) std::this_thread::sleep_for(ahead);
  }

  void drain() {
    const base::Instant now = clock_.now().mono;
    handoff_.drain(std::numeric_limits<std::size_t>::max(),
                   [&](const pipeline::Tick& tick) { meter_.on_tick(tick, now); });
  }

  void progress() const {
    const auto done = reader_.progress();
    fmt::print(stderr, "\r{:>3} %, {} frames ", done.total ? done.done * 100 / done.total : 100,
               intake_.counts().frames);
  }

  void report() const {
    const auto& counts = intake_.counts();
    const double seconds = std::chrono::duration<double>(clock_.now().mono - began_.mono).count();
    if (!options_.json) {
      fmt::print("{} frames in {:.3f} s: {} malformed, {} unsupported\n", counts.frames, seconds,
                 counts.malformed, counts.unsupported);
      fmt::print("events: {} trade, {} ticker, {} ohlc, {} instrument\n", counts.trades,
                 counts.quotes, counts.candles, counts.instruments);
      return;
    }
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("frames", counts.frames).member("malformed", counts.malformed);
    json.member("unsupported", counts.unsupported);
    // Under the exchange's own channel names; spread is Kraken's ticker.
    json.key("events").begin_object();
    json.member("trade", counts.trades).member("ticker", counts.quotes);
    json.member("ohlc", counts.candles).member("instrument", counts.instruments).end_object();
    // Books are not followed yet, so there is no checksum, gap or book to tell of.
    json.key("checksums").begin_object().member("ok", 0).member("failed", 0).end_object();
    json.member("gaps", 0).key("books").begin_object().end_object();
    json.member("seconds", seconds).end_object();
    fmt::print("{}\n", text);
  }

  static constexpr std::uint64_t kProgressFrames = 4096;
  ReplayOptions options_;
  store::RecordingReader reader_;
  double speed_;  // 0: as fast as it goes
  runtime::SystemClock clock_;
  base::Now began_{};
  std::optional<base::WallTime> first_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  exchange::kraken::KrakenV2 protocol_;
  exchange::Frame frame_;
  pipeline::Handoff handoff_;
  pipeline::MarketMeter meter_;
  feed::Intake intake_;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

std::optional<double> parse_speed(const std::string& text) {
  if (text == "max") return 0.0;
  char* end = nullptr;
  const double factor = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !(factor > 0) || factor > 1e6) return std::nullopt;
  return factor;
}

}  // namespace

int replay_command(const ReplayOptions& options) {
  if (options.exchange != "kraken-v2") {
    fmt::print(stderr, "tickwitness replay: {} is not supported yet; kraken-v2 is\n",
               options.exchange);
    return kUnavailable;
  }
  const auto speed = parse_speed(options.speed);
  if (!speed) {
    fmt::print(stderr,
               "tickwitness replay: --speed {} is neither max nor a factor such as 1 or 10\n",
               options.speed);
    return kUsage;
  }
  auto reader = store::RecordingReader::open(options.files);
  if (!reader) {
    fmt::print(stderr, "tickwitness replay: {}\n", reader.error().message);
    return kNoInput;
  }
  return Replay(options, std::move(*reader), *speed).run();
}

}  // namespace tickwitness::app
