// The whole product as app/ composes it, in virtual time: its exchange, network, disk, clocks and
// clients are simulated, every line of its own between them is the real one. One seed decides a
// run. docs/simulation.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/composition.h"
#include "app/simulated_judges.h"
#include "app/simulated_page.h"
#include "app/simulated_storage.h"
#include "config/settings.h"
#include "sim/checkers/report.h"
#include "sim/disk/disk.h"
#include "sim/world/event_hash.h"
#include "sim/world/network.h"
#include "sim/world/plan.h"
#include "sim/world/rest_network.h"
#include "sim/world/scheduler.h"

namespace tickwitness::app {

struct SimulationResult {
  std::uint64_t seed = 0;
  sim::Report report;
  std::uint64_t hash = 0;         // of the whole history
  base::Duration virtual_time{};  // that passed
  std::uint64_t frames = 0;       // that reached the product
  std::uint64_t events = 0;       // of the market, in these
  std::uint64_t lives = 0;        // of the product's process
  std::uint64_t stored = 0;       // trades in its database
};

// One run, one thread. Not to be run twice.
class SimulatedWorld {
 public:
  explicit SimulatedWorld(sim::Plan plan);
  ~SimulatedWorld();
  SimulatedWorld(const SimulatedWorld&) = delete;
  SimulatedWorld& operator=(const SimulatedWorld&) = delete;

  SimulationResult run();

 private:
  void begin_life();
  void restore(Engine::Past past);
  void die();
  void plan_faults();
  void begin(const sim::WorldFault& fault);
  void end(const sim::WorldFault& fault);
  void set_weather();
  void reload();
  void heal();
  void drain();
  void rest(std::string_view stage);
  void count_life();
  void finish_product();

  config::Settings settings_on_disk();
  EngineSettings engine_settings_of(const config::Settings& settings) const;

  struct Question;
  void scrape_now_and_then();
  void page_now_and_then();
  std::string get(const Question& question);
  Answers scrape();
  Look look() const;
  void note(std::string_view what);

  const sim::Plan plan_;
  base::Prng random_;
  sim::EventHash history_;
  sim::Scheduler scheduler_;
  sim::MachineClock true_clock_;     // of the exchange
  sim::MachineClock machine_clock_;  // of the product
  sim::Role engine_;
  sim::Role serve_;
  sim::Disk disk_;
  sim::Kraken exchange_;
  sim::Network network_;
  sim::RestNetwork rest_;
  SimulatedStorage storage_;
  SimulatedJudges judges_;
  SimulatedPage page_;

  std::unique_ptr<sim::Ledger> ledger_;
  std::optional<runtime::Log> log_;
  std::unique_ptr<Composition> product_;
  std::size_t pairs_;  // configured at the moment
  std::uint64_t lives_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t events_ = 0;
  bool healed_ = false;
  bool scraping_ = false;  // a request waits for its turn
  bool ended_ = false, stopped_ = false;
  sim::Scheduler::EventId restart_ = 0;  // of a process that died
  int black_holes_ = 0, slow_ = 0, shredded_ = 0, slow_pages_ = 0;
};

}  // namespace tickwitness::app
