// tickwitness demo: the simulated exchange and the product in one process, over real sockets on
// loopback.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "app/build_info.h"
#include "app/commands.h"
#include "app/demo_checks.h"
#include "app/demo_judges.h"
#include "app/demo_market.h"
#include "app/demo_scraper.h"
#include "app/demo_stored.h"
#include "app/demo_tap.h"
#include "app/demo_venues.h"
#include "app/product.h"
#include "app/say.h"
#include "runtime/data_dir.h"
#include "runtime/temporary_dir.h"
#include "serve/liveness.h"
#include "telemetry/exposition.h"
#include "telemetry/read.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kLook = std::chrono::milliseconds(100);
// Room that is reserved: demos are short, and many run at a time.
constexpr std::size_t kSpoolSegment = std::size_t{4} << 20;
constexpr base::Duration kEndMax = std::chrono::seconds(3);  // of the exchange's closing

config::Settings demo_settings(const DemoOptions& options, const DemoMarket& market,
                               const std::string& data_directory) {
  config::Settings settings;
  settings.data_directory = data_directory;
  settings.instance = "demo";
  settings.listen = {{"127.0.0.1", options.port}};
  settings.recorder.enabled = false;  // the same seed makes the same market again
  settings.store.spool_segment_bytes = kSpoolSegment;
  const auto dialects = telemetry::known_dialects(telemetry::catalog_schema());
  settings.dialects.assign(dialects.begin(), dialects.end());
  market.follow(settings);
  return settings;
}

sim::Promises promises_of(const config::Exchange& exchange) {
  return {.stale_after_trade = exchange.stale_after.trade,
          .stale_after_spread = exchange.stale_after.spread,
          .stale_after_ohlc = exchange.stale_after.ohlc,
          .healthy_after = exchange.healthy_after,
          .breaker_failures_max = static_cast<int>(exchange.breaker.max_failures),
          .breaker_timeout = exchange.breaker.timeout,
          .breaker_half_open_timeout = exchange.breaker.half_open_timeout,
          .witness = !exchange.rest_url.empty()};
}

// One run from start to comparison, on the main thread's executor.
class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options),
        log_(executor_.clock(), base::LogFormat::logfmt, {},
             [this, write = runtime::Log::to_descriptor(STDERR_FILENO)](std::string_view line) {
               const bool written = write(line);
               // Other threads log too.
               executor_.post([this, text = std::string(line)] { judge_log(text); });
               return written;
             }),
        timer_(executor_.make_timer()),
        end_timer_(executor_.make_timer()) {
    seen_.stale_after = DemoMarket::kStaleAfter;
    seen_.max_failures = config::Breaker{}.max_failures;
  }

  int run() {
    began_ = executor_.clock().now();
    auto market = DemoMarket::make(options_, began_.wall);
    if (!market) return complain(market.error().message, kUsage);
    market_ = std::move(*market);
    if (const int code = open_data(); code != kOk) return code;
    if (const auto started = market_->start(); !started)
      return complain(started.error().message, kUnavailable);
    const config::Settings settings = demo_settings(options_, *market_, data_->path());
    make_judge(settings);
    serve::ProcessInfo process{.mode = "demo",
                               .simulated = true,
                               .version = std::string(kVersion),
                               .commit = std::string(kCommit),
                               .compiler = __VERSION__,
                               .instance = settings.instance,
                               .seed = options_.seed,
                               .started = began_,
                               .cores = std::thread::hardware_concurrency()};
    auto product = Product::make(
        settings, process, options_.seed, executor_, log_,
        [this](runtime::Executor& engine, runtime::MessageChannelFactory& channels) {
          auto tap = std::make_unique<DemoTap>(market_->notes_by_port(), engine, channels);
          tap_ = tap.get();
          return tap;
        });
    if (!product) return complain(product.error().message, kSoftware);
    product_ = std::move(*product);
    dialects_ = settings.dialects;
    database_ = database_path(settings);
    product_->watch_events([this](std::string_view event) { judge_->on_event(now(), event); });
    const auto ports = product_->start();
    if (!ports) return complain(ports.error().message, kUnavailable);
    announce(ports->front());
    runtime::SignalWatch signals(executor_, {SIGINT, SIGTERM}, [this](int) { begin_end(); });
    look();
    scrape(ports->front());
    executor_.run();
    return conclude();
  }

 private:
  base::Now now() const { return executor_.clock().now(); }

  int complain(const std::string& what, int code) {
    say("tickwitness demo: {}\n", what);
    return code;
  }

  // Of Kraken alone more is claimed than of several.
  void make_judge(const config::Settings& settings) {
    if (options_.market == DemoMarketKind::kraken) {
      auto judges = std::make_unique<DemoJudges>(market_->kraken()->exchange().settings(),
                                                 promises_of(settings.kraken), began_,
                                                 market_->notes(market::Venue::kraken));
      of_kraken_ = judges.get();
      judge_ = std::move(judges);
    } else {
      std::vector<DemoFollowed> followed;
      for (const DemoVenue& venue : market_->venues()) {
        const bool is_kraken = venue.venue == market::Venue::kraken;
        followed.push_back(
            {.venue = venue.venue,
             .exchange = venue.exchange.settings(),
             .promises = is_kraken ? promises_of(settings.kraken) : promises_of(settings.binance),
             .notes = market_->notes(venue.venue)});
      }
      auto judges = std::make_unique<DemoVenues>(began_, followed);
      of_venues_ = judges.get();
      judge_ = std::move(judges);
    }
  }

  int open_data() {
    std::string path = options_.data;
    if (path.empty()) {
      auto made = runtime::TemporaryDirectory::make();
      if (!made) return complain(made.error().message, kCannotCreate);
      temporary_.emplace(std::move(*made));
      path = temporary_->path();
    }
    auto data = runtime::DataDirectory::open(path);
    if (!data) return complain(data.error().message, kCannotCreate);
    data_.emplace(std::move(*data));
    return kOk;
  }

  void announce(std::uint16_t port) {
    say("SIMULATED market, seed {}. {}\n"
        "page      http://127.0.0.1:{}/live\n"
        "metrics   http://127.0.0.1:{}/metrics\n"
        "{}",
        options_.seed,
        options_.duration ? fmt::format("Ends after {:.3g} s.", base::seconds(*options_.duration))
                          : "Ctrl-C ends.",
        port, port, market_->addresses());
  }

  void judge_log(std::string_view line) {
    if (judge_) judge_->on_log(now(), line);
  }

  void scrape(std::uint16_t port) {
    scraper_.emplace(executor_, port, DemoJudge::kCanary,
                     [this](const base::Result<std::string>& text, base::Instant asked) {
                       if (text) return judge_->on_scrape(now(), *text, asked);
                       judge_->on_scrape_failed(now(), text.error().message);
                     });
    scraper_->start();
  }

  // Ten times a second: what only a witness from outside can note.
  void look() {
    judge_->on_turn(now());
    const base::Instant moment = now().mono;
    const auto& status = product_->status();
    if (status != nullptr && !ending_) {
      if (!seen_.stale_seen && serve::totals(*status).silent() != 0)
        seen_.stale_seen = status->at.mono;
    }
    if (options_.duration && !ending_) {
      progress(moment);
      if (moment - began_.mono >= *options_.duration) begin_end();
    }
    timer_->arm(moment + kLook, [this] { look(); });
  }

  void progress(base::Instant now) {
    static const bool terminal = isatty(STDERR_FILENO) != 0;
    if (!terminal) return;
    say("\r{:>4.0f} of {} s, {:.0f} events ", base::seconds(now - began_.mono),
        options_.duration->count() / 1000,
        telemetry::value(product_->registry(), "trading_ticks_processed_total").value_or(0));
  }

  // The exchange closes first, then the engine drains: what is compared has come to rest.
  void begin_end() {
    if (ending_) return executor_.stop();  // a second signal
    ending_ = true;
    scraper_->stop();
    seen_.before_end = product_->status();
    seen_.links = seen_.before_end ? seen_.before_end->feeds.front().connections.size() : 0;
    seen_.ended = executor_.clock().now().mono;
    seen_.resident_bytes =
        telemetry::value(product_->registry(), "process_resident_memory_bytes").value_or(0);
    end_timer_->arm(seen_.ended + kEndMax, [this] { stop_product(); });
    tap_->finishing();
    product_->finish([this] { market_->begin_shutdown(); }, [this] { stop_product(); });
  }

  void stop_product() {
    end_timer_->cancel();
    if (std::exchange(stopping_, true)) return;
    product_->stop([this] { executor_.stop(); });
  }

  int conclude() {
    market_->join();
    const DemoResult result = judge();
    if (isatty(STDERR_FILENO) != 0) say("\n");
    fmt::print("{}{}", options_.json ? result.json() : result.table(), options_.json ? "\n" : "");
    return result.report.failed().empty() ? kOk : kFailed;
  }

  DemoResult judge() {
    const std::string scrape = telemetry::render(product_->registry(), {.dialects = dialects_});
    if (of_kraken_ != nullptr) {
      const DemoExchange& kraken = *market_->kraken();
      of_kraken_->at_rest(now(), scrape, kraken.exchange().truth(), kraken.ledger(), seen_);
    } else {
      of_venues_->at_rest(now(), scrape, market_->venues(), seen_.ended);
    }
    DemoResult result{.seed = options_.seed, .report = judge_->report()};
    const auto shown = sim::Exposition::parse(scrape);
    if (shown) judge_stored(database_, market_->venues(), *shown, result.report);
    return result;
  }

  DemoOptions options_;
  runtime::AsioExecutor executor_;
  runtime::Log log_;
  base::Now began_{};
  std::unique_ptr<DemoJudge> judge_;
  DemoJudges* of_kraken_ = nullptr;  // one of these two is judge_
  DemoVenues* of_venues_ = nullptr;
  std::vector<std::string> dialects_;
  std::string database_;
  std::optional<runtime::TemporaryDirectory> temporary_;
  std::optional<runtime::DataDirectory> data_;
  std::unique_ptr<DemoMarket> market_;
  std::unique_ptr<Product> product_;
  DemoTap* tap_ = nullptr;  // the product's
  std::unique_ptr<runtime::Timer> timer_;
  std::unique_ptr<runtime::Timer> end_timer_;
  std::optional<DemoScraper> scraper_;
  DemoObservations seen_;
  bool ending_ = false;
  bool stopping_ = false;
};

}  // namespace

int demo_command(const DemoOptions& options) {
  return Demo(options).run();
}

}  // namespace tickwitness::app
