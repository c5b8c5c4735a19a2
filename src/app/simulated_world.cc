#include "app/simulated_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "app/settings_map.h"
#include "app/simulated_config.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Now kStart{base::Instant(1000h), base::WallTime(1'767'225'600s)};  // 2026-01-01
constexpr std::uint64_t kDiskBytes = 64U << 20;
constexpr base::Duration kDownAfterCrash = 3s;    // at most; until a supervisor starts it again
constexpr base::Duration kWorldDrainMax = 15min;  // back-off, breaker and probes, one after other
constexpr base::Duration kRestMax = 2min;         // until nothing changed for a second
constexpr base::Duration kAfterRestart = 5min;    // the last phase
constexpr base::Duration kFinishMax = 30s;
constexpr base::Duration kAnsweredAtOnce = 100ms;
// About four times the most that was seen in a thousand seeds.
constexpr std::size_t kRoleQueueMax = 32;  // tasks that may wait for a thread
constexpr std::size_t kBytesInFlightMax = 8U << 20;

}  // namespace

// A request, and how it may be answered.
struct SimulatedWorld::Question {
  std::string_view path;
  std::string_view accept = "application/json";
  std::string_view encoding = "identity";
  int status = 200;
  int or_status = 200;
};

SimulatedWorld::SimulatedWorld(sim::Plan plan)
    : plan_(std::move(plan)),
      random_(plan_.seed ^ 0x5EED0FA11C10C5ULL),
      scheduler_(random_.split()),
      true_clock_(scheduler_.now(), kStart),
      machine_clock_(scheduler_.now(), {kStart.mono, kStart.wall + plan_.clock_offset}),
      engine_(scheduler_, "engine", machine_clock_),
      serve_(scheduler_, "serve", machine_clock_),
      disk_(kDiskBytes, random_.split()),
      exchange_(plan_.exchange, true_clock_.now()),
      network_(scheduler_, engine_, true_clock_, exchange_, history_, random_.split()),
      rest_(scheduler_, engine_, true_clock_, exchange_, history_, random_.split()),
      storage_(scheduler_, machine_clock_, plan_),
      judges_(kWorldDrainMax, plan_, exchange_, kStart.mono, storage_.database()),
      page_(scheduler_, random_.split(),
            [this](std::string what) {
              judges_.violation("stream", scheduler_.now(), std::move(what));
            }),
      pairs_(plan_.exchange.pairs.size()) {
  engine_.set_jitter(plan_.jitter_one_in, plan_.jitter_most);
  serve_.set_jitter(plan_.jitter_one_in, plan_.jitter_most);
}

SimulatedWorld::~SimulatedWorld() {
  network_.set_ledger(nullptr);
  rest_.set_ledger(nullptr);
  product_.reset();
}

void SimulatedWorld::note(std::string_view what) {
  history_.add(static_cast<std::uint64_t>(scheduler_.now().count()));
  history_.add(what);
}

Look SimulatedWorld::look() const {
  return {.at = scheduler_.now(), .now = machine_clock_.now(), .ledger = *ledger_};
}

config::Settings SimulatedWorld::settings_on_disk() {
  auto settings = read_config(disk_);
  if (!settings) throw std::runtime_error(settings.error().message);
  return *std::move(settings);
}

EngineSettings SimulatedWorld::engine_settings_of(const config::Settings& settings) const {
  auto engine = engine_settings(settings, plan_.seed);
  if (!engine) throw std::runtime_error(engine.error().message);
  return *std::move(engine);
}

void SimulatedWorld::begin_life() {
  ++lives_;
  ledger_ = std::make_unique<sim::Ledger>(plan_.exchange, plan_.promises);
  network_.set_ledger(ledger_.get());
  rest_.set_ledger(ledger_.get());
  if (restart_ != 0) scheduler_.cancel(std::exchange(restart_, 0));
  const config::Settings settings = settings_on_disk();
  log_.emplace(machine_clock_, settings.log.format, settings.log.levels,
               [this](std::string_view line) {
                 note(line);
                 judges_.on_output(scheduler_.now(), line);
               });
  const serve::ProcessInfo process{.mode = "run",
                                   .version = "simulated",
                                   .commit = "simulated",
                                   .compiler = "any",  // one history, whoever compiled it
                                   .instance = settings.instance,
                                   .started = machine_clock_.now(),
                                   .cores = 2};
  product_ = std::make_unique<Composition>(
      Seams{.engine = engine_,
            .serve = serve_,
            .channels = network_,
            .log = *log_,
            .http = &rest_,
            .records = &storage_.begin_life(settings)},
      engine_settings_of(settings), service_settings(settings), process,
      serve::Service::Outside{
          .publish =
              [this](std::string_view, const std::string&, const serve::EventLog::Chunk& chunk) {
                note(*chunk);
                judges_.on_event(look(), *chunk);
                page_.publish(chunk);
              },
          .counts =
              [this] {
                return serve::TransportCounts{.event_clients = page_.connected() ? 1U : 0U,
                                              .events_sent = page_.events(),
                                              .clients_lagged = page_.lagged()};
              }},
      nullptr);
  restore(storage_.open(product_->metrics(), *log_, engine_settings_of(settings)));
  storage_.start();
  engine_.post([this] { product_->engine().start(); });
  serve_.post([this] { product_->service().start(); });
}

// The record begins with what the engine knows, that it can be held against it; whether that is so
// `once` sees in the database.
void SimulatedWorld::restore(Engine::Past past) {
  for (const auto& market : past.trades) {
    const auto symbol = std::ranges::find(ledger_->symbols(), market.symbol.str());
    std::vector<sim::TradeIds::Hole> holes;
    holes.reserve(market.holes.size());
    for (const auto& hole : market.holes) holes.push_back({hole.from, hole.to, hole.given_up});
    ledger_->on_known(static_cast<std::size_t>(symbol - ledger_->symbols().begin()), market.top,
                      holes);
  }
  if (past.trades.empty()) judges_.on_blind_start();
  product_->engine().restore(std::move(past));
}

// As kill -9: nothing is said to anybody, what was not synced is at the disk's mercy.
void SimulatedWorld::die() {
  if (product_ == nullptr) return;
  note("crash");
  count_life();
  judges_.on_death(look(), get({.path = "/metrics", .accept = "text/plain;version=0.0.4"}));
  engine_.kill();
  serve_.kill();
  network_.set_ledger(nullptr);
  rest_.set_ledger(nullptr);
  page_.disconnect(true);
  scraping_ = false;
  product_.reset();
  storage_.die();
  log_.reset();
  disk_.crash();
  judges_.on_restart();
}

void SimulatedWorld::count_life() {
  const sim::Traffic& traffic = ledger_->traffic();
  frames_ += traffic.frames_total();
  for (const auto& pair : traffic.pairs) {
    events_ += pair.trades.total() + pair.quotes.total() + pair.candles.total();
  }
}

void SimulatedWorld::plan_faults() {
  for (const sim::WorldFault& fault : plan_.faults) {
    scheduler_.at(fault.at, [this, &fault] {
      if (healed_) return;
      note(sim::to_string(fault));
      begin(fault);
      scheduler_.at(scheduler_.now() + fault.length, [this, &fault] {
        if (!healed_) end(fault);
      });
    });
  }
}

void SimulatedWorld::begin(const sim::WorldFault& fault) {
  using Kind = sim::WorldFaultKind;
  switch (fault.kind) {
    case Kind::black_hole:
      ++black_holes_;
      return set_weather();
    case Kind::slow_network:
      ++slow_;
      return set_weather();
    case Kind::shred:
      ++shredded_;
      return set_weather();
    case Kind::stall_engine:
      ledger_->on_stall(machine_clock_.now().mono,
                        machine_clock_.mono_at(scheduler_.now() + fault.length));
      return engine_.stall_until(scheduler_.now() + fault.length);
    case Kind::stall_serve:
      judges_.on_silence();
      return serve_.stall_until(scheduler_.now() + fault.length);
    case Kind::slow_page:
      return page_.set_slow(++slow_pages_ > 0);
    case Kind::step:
      judges_.on_wall_step(scheduler_.now());
      return machine_clock_.step_wall(fault.amount);
    case Kind::drift:
      return machine_clock_.set_drift(fault.amount.count());
    case Kind::crash: {
      if (product_ == nullptr) return;
      die();
      const auto down = static_cast<std::int64_t>(
          random_.below(static_cast<std::uint64_t>(kDownAfterCrash.count())));
      restart_ = scheduler_.at(scheduler_.now() + base::Duration(down), [this] {
        restart_ = 0;
        begin_life();
      });
      return;
    }
    case Kind::reload:
      return reload();
    case Kind::stall_spool:
    case Kind::disk_full:
    case Kind::sync_fails:
    case Kind::reads_fail:
    case Kind::database_down:
    case Kind::slow_commit:
    case Kind::commit_unknown:
    case Kind::deadlock:
    case Kind::connection_lost:
      return storage_.begin(fault);
  }
}

void SimulatedWorld::end(const sim::WorldFault& fault) {
  using Kind = sim::WorldFaultKind;
  if (fault.kind == Kind::black_hole) --black_holes_;
  if (fault.kind == Kind::slow_network) --slow_;
  if (fault.kind == Kind::shred) --shredded_;
  if (fault.kind == Kind::slow_page) page_.set_slow(--slow_pages_ > 0);
  if (sim::is_of_storage(fault.kind)) storage_.end(fault);
  set_weather();
}

void SimulatedWorld::set_weather() {
  sim::Weather weather;
  weather.black_hole = black_holes_ > 0;
  if (slow_ > 0) {
    weather.delay_min *= 100;
    weather.delay_extra *= 100;
  }
  if (shredded_ > 0) weather.segment_bytes_max = 16;
  network_.set_weather(weather);
  rest_.set_weather(weather);
}

// An operator edits the streams file and says `tickwitness reload`.
void SimulatedWorld::reload() {
  const std::size_t all = plan_.exchange.pairs.size();
  if (all == 1) return;
  pairs_ = pairs_ == all ? all - 1 : all;
  if (const auto written = write_config(disk_, plan_, pairs_); !written) {
    throw std::runtime_error(written.error().message);
  }
  if (product_ == nullptr) return;
  serve_.post([this] {
    // What the disk says by now: another reload may have come while this waited its turn.
    const config::Settings settings = settings_on_disk();
    const EngineSettings engine = engine_settings_of(settings);
    storage_.follow(engine);
    product_->apply(engine, settings.dialects);
    const std::string last = ledger_->symbols().back();
    const auto followed = config::subscriptions(settings.kraken.streams);
    if (std::ranges::find(followed, last, &config::StreamSubscription::pair) != followed.end()) {
      return;
    }
    // Behind what apply() posted there.
    engine_.post([this, last] { ledger_->on_unfollowed(machine_clock_.now(), last); });
  });
}

void SimulatedWorld::heal() {
  note("heal");
  healed_ = true;
  black_holes_ = slow_ = shredded_ = slow_pages_ = 0;
  set_weather();
  page_.set_slow(false);
  machine_clock_.set_drift(0);
  engine_.release();
  serve_.release();
  storage_.heal();
  network_.heal_exchange();
  if (product_ == nullptr) begin_life();
  judges_.on_healed(look());
}

std::string SimulatedWorld::get(const Question& question) {
  const std::string path(question.path);
  net::Request request{.method = "GET", .target = path, .path = path};
  request.headers.push_back({"Accept", std::string(question.accept)});
  request.headers.push_back({"Accept-Encoding", std::string(question.encoding)});
  if (question.status != 401) {
    request.headers.push_back({"Authorization", fmt::format("Bearer {}", kSimulatedToken)});
  }
  const net::Response response = product_->service().handle(request);
  std::string all = fmt::format("{}\n", response.status);
  for (const auto& header : response.headers) {
    all += fmt::format("{}: {}\n", header.name, header.value);
  }
  if (response.status != question.status && response.status != question.or_status) {
    judges_.violation("http", scheduler_.now(),
                      fmt::format("{} was answered {}", path, response.status));
  }
  std::string body = response.body ? *response.body : std::string();
  all += body;
  note(all);
  judges_.on_output(scheduler_.now(), all);
  return body;
}

Answers SimulatedWorld::scrape() {
  return {.metrics = get({.path = "/metrics", .accept = "text/plain;version=0.0.4"}),
          .feeds = get({.path = "/api/v1/feeds"}),
          .gaps = get({.path = "/api/v1/gaps"})};
}

void SimulatedWorld::scrape_now_and_then() {
  scheduler_.at(scheduler_.now() + plan_.scrape_every, [this] { scrape_now_and_then(); });
  judges_.on_queue(scheduler_.now(), "engine", engine_.queued_max(), kRoleQueueMax);
  judges_.on_queue(scheduler_.now(), "serve", serve_.queued_max(), kRoleQueueMax);
  judges_.on_queue(scheduler_.now(), "storage", storage_.queued_max(), kRoleQueueMax);
  judges_.on_queue(scheduler_.now(), "network",
                   network_.bytes_in_flight() + rest_.bytes_in_flight(), kBytesInFlightMax);
  // A scraper waits for its answer before it asks again.
  if (product_ == nullptr || std::exchange(scraping_, true)) return;
  // A request is a task like any other: it waits its turn, and may find the process gone.
  serve_.post([this, asked = scheduler_.now()] {
    scraping_ = false;
    Answers answers = scrape();
    // Of a thread that was held up nobody knows which report its answers are of.
    if (scheduler_.now() - asked > kAnsweredAtOnce) answers.feeds.clear();
    judges_.on_scrape(look(), answers);
    static constexpr std::array<Question, 10> kQuestions{{
        {.path = "/health"},
        {.path = "/health/live"},
        {.path = "/health/ready", .or_status = 503},
        {.path = "/api/v1/status"},
        {.path = "/api/v1/openapi.json"},
        {.path = "/nowhere", .status = 404},
        {.path = "/", .status = 302},
        {.path = "/metrics", .accept = "application/openmetrics-text;version=1.0.0"},
        {.path = "/metrics", .accept = "text/plain", .encoding = "gzip"},
        {.path = "/metrics", .status = 401},  // asked without the token
    }};
    get(kQuestions[random_.below(kQuestions.size())]);
  });
}

void SimulatedWorld::page_now_and_then() {
  const auto next = std::chrono::seconds(30 + random_.below(300));
  scheduler_.at(scheduler_.now() + next, [this] { page_now_and_then(); });
  page_.disconnect(false);
  if (product_ == nullptr) return;
  serve_.post([this] { page_.connect(product_->service()); });
}

void SimulatedWorld::drain() {
  const base::Duration deadline = scheduler_.now() + kWorldDrainMax;
  while (scheduler_.now() < deadline) {
    scheduler_.run_until(scheduler_.now() + 1s);
    if (judges_.drained(look(), scrape())) return;
  }
}

// Until nothing of the connections changed for a second: then what follows with a report has
// followed.
void SimulatedWorld::rest(std::string_view stage) {
  const base::Duration deadline = scheduler_.now() + kRestMax;
  judges_.settle(look(), scrape());
  bool changing = true;
  while (changing && scheduler_.now() < deadline) {
    scheduler_.run_until(scheduler_.now() + 1s);
    changing = false;
    const base::Instant now = machine_clock_.now().mono;
    for (const auto& [id, link] : ledger_->links()) {
      changing = changing || now - std::max(link.changed, link.breaker_changed) < 1s;
    }
  }
  judges_.at_rest(stage, look(), scrape());
}

void SimulatedWorld::finish_product() {
  engine_.post([this] {
    network_.set_finishing(true);
    product_->engine().finish([this] { ended_ = true; });
  });
  scheduler_.run_until(scheduler_.now() + 100ms);
  network_.shut_exchange_down();
  const base::Duration deadline = scheduler_.now() + kFinishMax;
  while (!ended_ && scheduler_.now() < deadline) {
    scheduler_.run_until(scheduler_.now() + 100ms);
  }
  if (!ended_) judges_.violation("draining", scheduler_.now(), "connections did not end");
  engine_.post([this] {
    product_->engine().stop([this] { storage_.finish([this] { stopped_ = true; }); });
  });
  scheduler_.run_until(scheduler_.now() + 2s);
  if (!stopped_) judges_.violation("draining", scheduler_.now(), "the product did not stop");
}

SimulationResult SimulatedWorld::run() {
  if (const auto written = write_config(disk_, plan_, pairs_); !written) {
    throw std::runtime_error(written.error().message);
  }
  begin_life();
  plan_faults();
  scrape_now_and_then();
  page_now_and_then();
  scheduler_.run_until(plan_.length);

  heal();
  drain();
  rest("healed");

  die();
  scheduler_.run_until(scheduler_.now() + kDownAfterCrash);
  begin_life();
  scheduler_.run_until(scheduler_.now() + kAfterRestart);
  finish_product();
  rest("ended");

  count_life();
  return {.seed = plan_.seed,
          .report = judges_.report(),
          .hash = history_.value(),
          .virtual_time = scheduler_.now(),
          .frames = frames_,
          .events = events_,
          .lives = lives_,
          .stored = storage_.database().rows_brought()};
}

}  // namespace tickwitness::app
