#include "sim/world/plan.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/prng.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;

// Faults come after the product has settled, and leave it some time before they are healed.
constexpr base::Duration kQuietAtStart = 20s;
constexpr base::Duration kQuietAtEnd = 60s;

// A length between `least` and `most`, whole milliseconds, short ones more often than long ones.
base::Duration draw_length(base::Prng& random, base::Duration least, base::Duration most) {
  const auto span = static_cast<std::uint64_t>((most - least) / 1ms);
  const std::uint64_t one = random.below(span + 1);
  const std::uint64_t other = random.below(span + 1);
  return least + std::chrono::milliseconds(std::min(one, other));
}

base::Duration draw_moment(base::Prng& random, base::Duration length) {
  const base::Duration latest = std::max(kQuietAtStart + 1s, length - kQuietAtEnd);
  const auto span = static_cast<std::uint64_t>((latest - kQuietAtStart) / 1ms);
  return kQuietAtStart + std::chrono::milliseconds(random.below(span));
}

struct ExchangeHabit {
  FaultKind kind;
  base::Duration least{}, most{};  // of its length
};
struct WorldHabit {
  WorldFaultKind kind;
  base::Duration least{}, most{};
};

constexpr std::array kExchangeHabits{
    ExchangeHabit{FaultKind::disconnect},        ExchangeHabit{FaultKind::reset},
    ExchangeHabit{FaultKind::silent, 5s, 15min}, ExchangeHabit{FaultKind::malformed},
    ExchangeHabit{FaultKind::bad_utf8},          ExchangeHabit{FaultKind::down, 1s, 10min},
    ExchangeHabit{FaultKind::hang, 1s, 2min},    ExchangeHabit{FaultKind::unanswered, 1s, 3min},
    ExchangeHabit{FaultKind::flood, 1s, 20s},
};
// In what is sent while the socket is up, and in REST.
constexpr std::array kFeedHabits{
    ExchangeHabit{FaultKind::zombie},
    ExchangeHabit{FaultKind::drop, 1s, 5min},
    ExchangeHabit{FaultKind::duplicate, 1s, 5min},
    ExchangeHabit{FaultKind::reorder, 1s, 5min},
    ExchangeHabit{FaultKind::corrupt_book},
    ExchangeHabit{FaultKind::wrong_checksum},
    ExchangeHabit{FaultKind::instrument_change},
    ExchangeHabit{FaultKind::maintenance, 5s, 10min},
    ExchangeHabit{FaultKind::rate_limited, 1s, 2min},
    ExchangeHabit{FaultKind::rest_errors, 1s, 5min},
    ExchangeHabit{FaultKind::msg_rate, 1s, 20s},
};
constexpr std::array kWorldHabits{
    WorldHabit{WorldFaultKind::black_hole, 1s, 2min},
    WorldHabit{WorldFaultKind::slow_network, 5s, 5min},
    WorldHabit{WorldFaultKind::shred, 5s, 2min},
    WorldHabit{WorldFaultKind::stall_engine, 100ms, 30s},
    WorldHabit{WorldFaultKind::stall_serve, 100ms, 10min},
    WorldHabit{WorldFaultKind::slow_page, 5s, 10min},
    WorldHabit{WorldFaultKind::step},
    WorldHabit{WorldFaultKind::drift},
    WorldHabit{WorldFaultKind::crash},
    WorldHabit{WorldFaultKind::reload},
};

constexpr std::array kStorageHabits{
    WorldHabit{WorldFaultKind::stall_spool, 100ms, 30s},
    WorldHabit{WorldFaultKind::disk_full, 1s, 5min},
    WorldHabit{WorldFaultKind::sync_fails, 100ms, 1min},
    WorldHabit{WorldFaultKind::reads_fail, 100ms, 2min},
    WorldHabit{WorldFaultKind::database_down, 1s, 10min},
    WorldHabit{WorldFaultKind::slow_commit, 1s, 5min},
    WorldHabit{WorldFaultKind::commit_unknown, 5s, 5min},
    WorldHabit{WorldFaultKind::deadlock, 5s, 5min},
    WorldHabit{WorldFaultKind::connection_lost},
};

// By time; what is drawn for one moment stays in the order of drawing.
void order(std::vector<WorldFault>& faults) {
  std::vector<WorldFault> ordered;
  for (const WorldFault& fault : faults) {
    ordered.insert(std::ranges::upper_bound(ordered, fault.at, {}, &WorldFault::at), fault);
  }
  faults = std::move(ordered);
}

void draw_market(base::Prng& random, Plan& plan) {
  constexpr std::array<double, 8> kLoads{0.05, 0.25, 0.5, 1, 1, 2, 3, 8};  // times 10 events/s
  Settings& exchange = plan.exchange;
  exchange.seed = random.next();
  exchange.history = 10min;
  exchange.trades_kept_max = 2'000;
  exchange.keep_fills = true;
  exchange.latency_samples_max = 256;
  exchange.pairs.resize(1 + random.below(exchange.pairs.size()));
  const double load = 10 * kLoads[random.below(kLoads.size())];
  double usual = 0;
  for (const auto& pair : exchange.pairs) usual += pair.trades_per_second + pair.quotes_per_second;
  for (auto& pair : exchange.pairs) {
    pair.trades_per_second *= load / usual;
    pair.quotes_per_second *= load / usual;
  }
}

void draw_product(base::Prng& random, Plan& plan) {
  plan.promises = {.stale_after_trade = std::chrono::seconds(10 + random.below(120)),
                   .stale_after_spread = std::chrono::seconds(10 + random.below(60)),
                   .stale_after_ohlc = std::chrono::seconds(20 + random.below(180)),
                   .healthy_after = std::chrono::seconds(20 + random.below(60)),
                   .breaker_failures_max = static_cast<int>(2 + random.below(5)),
                   .breaker_timeout = std::chrono::seconds(10 + random.below(60)),
                   .breaker_half_open_timeout = std::chrono::seconds(15 + random.below(20)),
                   .witness = true};
  plan.intervals = {1};
  for (const std::uint32_t interval : {5U, 15U, 60U}) {
    if (random.below(4) == 0) plan.intervals.push_back(interval);
  }
  plan.drop_newest = random.below(4) == 0;
  plan.ring_capacity = std::size_t{64} << random.below(8);
}

void draw_machine(base::Prng& random, Plan& plan) {
  plan.clock_offset = std::chrono::milliseconds(random.below(101)) - 50ms;
  plan.jitter_one_in = random.below(2) == 0 ? 0 : 8 + random.below(100);
  plan.jitter_most = std::chrono::milliseconds(random.below(50));
  plan.scrape_every = std::chrono::milliseconds(10'000 + random.below(10'001));
}

void draw_habits(base::Prng& random, Plan& plan, std::span<const ExchangeHabit> habits) {
  for (const ExchangeHabit& habit : habits) {
    if (random.below(2) == 0) continue;
    const std::uint64_t times = 1 + random.below(3);
    for (std::uint64_t i = 0; i < times; ++i) {
      Fault fault{.kind = habit.kind};
      fault.at = draw_moment(random, plan.length);
      if (habit.most > 0s) fault.length = draw_length(random, habit.least, habit.most);
      plan.exchange.faults.push_back(fault);
    }
  }
}

void draw_exchange_faults(base::Prng& random, Plan& plan) {
  draw_habits(random, plan, kExchangeHabits);
  if (random.below(4) == 0) {
    plan.exchange.faults.push_back({.kind = FaultKind::refuse_subscription});
  }
  if (random.below(4) == 0) {
    Fault fault{.kind = FaultKind::skew};
    fault.amount = std::chrono::milliseconds(random.below(401)) - 200ms;
    plan.exchange.faults.push_back(fault);
  }
}

// For good, which is why it is rare.
void draw_feed_faults(base::Prng& random, Plan& plan) {
  draw_habits(random, plan, kFeedHabits);
  if (random.below(8) != 0) return;
  plan.exchange.faults.push_back(
      {.kind = FaultKind::rest_refuses, .at = draw_moment(random, plan.length)});
}

void draw_world_fault(base::Prng& random, Plan& plan, const WorldHabit& habit) {
  WorldFault fault{.kind = habit.kind};
  fault.at = draw_moment(random, plan.length);
  if (habit.most > 0s) fault.length = draw_length(random, habit.least, habit.most);
  if (habit.kind == WorldFaultKind::step) {
    // Seconds mostly, an hour now and then: a clock that was set by hand, a summer time mistake.
    const bool far = random.below(4) == 0;
    const auto amount = static_cast<std::int64_t>(random.below(far ? 7'200'001 : 4'001));
    fault.amount = std::chrono::milliseconds(amount - (far ? 3'600'000 : 2'000));
  }
  if (habit.kind == WorldFaultKind::drift) {
    fault.amount = (random.below(2) == 0 ? 1ms : -1ms);
  }
  plan.faults.push_back(fault);
}

void draw_world_faults(base::Prng& random, Plan& plan, std::span<const WorldHabit> habits) {
  for (const WorldHabit& habit : habits) {
    if (random.below(2) == 0) continue;
    const std::uint64_t times = 1 + random.below(3);
    for (std::uint64_t i = 0; i < times; ++i) draw_world_fault(random, plan, habit);
  }
}

void draw_crashes(base::Prng& random, Plan& plan) {
  const std::uint64_t times = 1 + random.below(8);
  for (std::uint64_t i = 0; i < times; ++i) {
    draw_world_fault(random, plan, {.kind = WorldFaultKind::crash});
  }
}

}  // namespace

std::vector<std::string> Plan::fault_texts() const {
  std::vector<std::string> texts;
  texts.reserve(exchange.faults.size() + faults.size());
  for (const Fault& fault : exchange.faults) texts.push_back(to_string(fault));
  for (const WorldFault& fault : faults) texts.push_back(to_string(fault));
  return texts;
}

Plan draw_plan(std::uint64_t seed, base::Duration length) {
  base::Prng root(seed);
  // One generator for each part, all made at once: a draw more in one part changes no other.
  base::Prng market = root.split();
  base::Prng product = root.split();
  base::Prng machine = root.split();
  base::Prng exchange_faults = root.split();
  base::Prng world_faults = root.split();
  Plan plan{.seed = seed, .length = length};
  draw_market(market, plan);
  draw_product(product, plan);
  draw_machine(machine, plan);
  const std::uint64_t mood = root.below(8);
  base::Prng feed = root.split();
  base::Prng storage = root.split();
  plan.spool_turn = std::chrono::milliseconds(100 + storage.below(901));
  if (mood == 1) draw_crashes(world_faults, plan);
  if (mood > 1) {
    draw_exchange_faults(exchange_faults, plan);
    draw_world_faults(world_faults, plan, kWorldHabits);
    draw_feed_faults(feed, plan);
    draw_world_faults(storage, plan, kStorageHabits);
  }
  order(plan.faults);
  return plan;
}

base::Result<Plan> with_faults(Plan plan, const std::vector<std::string>& faults) {
  plan.faults.clear();
  plan.exchange.faults.clear();
  for (const auto& text : faults) {
    if (is_world_fault(text)) {
      const auto fault = parse_world_fault(text);
      if (!fault) return std::unexpected(fault.error());
      plan.faults.push_back(*fault);
    } else {
      const auto fault = parse_fault(text);
      if (!fault) return std::unexpected(fault.error());
      plan.exchange.faults.push_back(*fault);
    }
  }
  order(plan.faults);
  return plan;
}

}  // namespace tickwitness::sim
