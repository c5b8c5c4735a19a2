// tickwitness simulate: the product in virtual time under seeded faults, judged by checkers.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "app/commands.h"
#include "app/say.h"
#include "app/simulate_shrink.h"
#include "app/simulate_text.h"
#include "app/simulated_world.h"
#include "base/sanitized.h"
#include "runtime/clock.h"
#include "runtime/process_stats.h"

namespace tickwitness::app {
namespace {

constexpr std::size_t kShrinkRunsMax = 80;
constexpr std::uint64_t kSeedsMax = 1'000'000;
// For each thread. A world needs about 5 MiB; what piles up in an hour needs more than this.
constexpr double kJobResidentMaxBytes = 64.0 * (1 << 20);
constexpr base::Duration kProgressEvery = std::chrono::seconds(10);

struct Done {
  SimulationResult result;
  std::vector<std::string> faults;
  std::string command;  // that repeats it, when it failed
};

// Seeds are run by several threads, each world in one, and printed in their order.
class Simulate {
 public:
  explicit Simulate(const SimulateOptions& options) : options_(options) {}

  int run() {
    began_ = clock_.now().mono;
    next_print_ = next_ = options_.first;
    next_progress_ = began_ + kProgressEvery;
    std::vector<std::thread> threads;
    threads.reserve(jobs_);
    for (unsigned i = 0; i < jobs_; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    totals_.wall_time = clock_.now().mono - began_;
    judge_memory();
    if (terminal_) say("\r\x1b[K");
    fmt::print("{}{}", options_.json ? simulation_json(totals_) : simulation_text(totals_),
               options_.json ? "\n" : "");
    return totals_.failed.empty() && totals_.memory_ok() ? kOk : kFailed;
  }

 private:
  void work() {
    for (;;) {
      std::uint64_t seed = 0;
      {
        const std::lock_guard lock(mutex_);
        const bool late = options_.duration && clock_.now().mono - began_ >= *options_.duration;
        if (late || (!options_.endless && next_ > options_.last)) return;
        seed = next_++;
      }
      Done done = run_seed(seed);
      const std::lock_guard lock(mutex_);
      finished_.emplace(seed, std::move(done));
      print_finished();
      progress();
    }
  }

  Done run_seed(std::uint64_t seed) {
    sim::Plan plan = sim::draw_plan(seed, options_.length);
    if (options_.faults) plan = *sim::with_faults(std::move(plan), *options_.faults);
    Done done{.result = run_world(plan), .faults = plan.fault_texts(), .command = {}};
    const auto failed = done.result.report.failed_checkers();
    if (failed.empty()) return done;
    done.command = command_of(plan);
    if (!options_.no_shrink) {
      const Shrunk shrunk = shrink(plan, failed, kShrinkRunsMax, [](const sim::Plan& smaller) {
        return run_world(smaller).report.failed_checkers();
      });
      done.command = command_of(shrunk.plan);
    }
    return done;
  }

  // A world that cannot go on has failed like any other, with its seed. It lives on the heap: under
  // AddressSanitizer gcc 12 aligns no variable of a function beyond 32 bytes (its bug 110027).
  static SimulationResult run_world(const sim::Plan& plan) {
    try {
      return std::make_unique<SimulatedWorld>(plan)->run();
    } catch (const std::exception& error) {
      SimulationResult result{.seed = plan.seed};
      result.report.violation("world", base::Duration::zero(), error.what());
      return result;
    }
  }

  // Of the whole process, all its worlds and their predecessors: what one leaves behind counts too.
  void judge_memory() {
    const auto resident = runtime::ProcessStatsReader().read().resident_bytes;
    if (base::kSanitized || !resident) return;  // a sanitizer keeps what was freed
    totals_.resident_bytes = static_cast<double>(*resident);
    totals_.resident_bytes_max = kJobResidentMaxBytes * jobs_;
  }

  void print_finished() {
    for (auto found = finished_.find(next_print_); found != finished_.end();
         found = finished_.find(next_print_)) {
      const Done& done = found->second;
      ++totals_.seeds;
      totals_.virtual_time += done.result.virtual_time;
      if (!done.result.report.failed().empty()) totals_.failed.push_back(next_print_);
      if (terminal_) say("\r\x1b[K");
      fmt::print("{}{}",
                 options_.json ? simulation_json(done.result, done.faults, done.command)
                               : simulation_text(done.result, done.faults, done.command),
                 options_.json ? "\n" : "");
      std::fflush(stdout);
      finished_.erase(found);
      ++next_print_;
    }
  }

  void progress() {
    const base::Instant now = clock_.now().mono;
    if (now < next_progress_ && !terminal_) return;
    next_progress_ = now + kProgressEvery;
    const double wall = base::seconds(now - began_);
    const double passed = base::seconds(totals_.virtual_time);
    const std::string of =
        options_.endless ? "" : fmt::format(" of {}", options_.last - options_.first + 1);
    say("{}{}{} seeds, {} failed, {:.0f} s, {:.0f} times real time{}", terminal_ ? "\r\x1b[K" : "",
        totals_.seeds, of, totals_.failed.size(), wall, passed / wall, terminal_ ? "" : "\n");
  }

  const SimulateOptions& options_;
  const unsigned jobs_ =
      options_.jobs != 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
  const bool terminal_ = isatty(STDERR_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  runtime::SystemClock clock_;
  base::Instant began_{};
  std::mutex mutex_;  // guards all below
  std::uint64_t next_ = 0;
  std::uint64_t next_print_ = 0;
  base::Instant next_progress_{};
  std::map<std::uint64_t, Done> finished_;  // not yet printed: an earlier seed is still running
  SimulationTotals totals_;
};

}  // namespace

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(const std::string& text) {
  const auto number = [](std::string_view part) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    return value;
  };
  const std::string_view all(text);
  const auto dash = all.find('-');
  const auto first = number(all.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number(all.substr(dash + 1));
  if (!first || !last || *last < *first || *last - *first >= kSeedsMax) return std::nullopt;
  if (*last > std::numeric_limits<std::uint64_t>::max() - kSeedsMax) return std::nullopt;
  return std::pair(*first, *last);
}

namespace {

// The first fault that the plan is over before; empty when there is none.
std::string fault_after(const sim::Plan& plan) {
  for (const auto& fault : plan.exchange.faults) {
    const bool timed =
        fault.kind != sim::FaultKind::skew && fault.kind != sim::FaultKind::refuse_subscription;
    if (timed && fault.at >= plan.length) return sim::to_string(fault);
  }
  for (const auto& fault : plan.faults) {
    if (fault.at >= plan.length) return sim::to_string(fault);
  }
  return {};
}

}  // namespace

std::string simulate_faults() {
  return fmt::format("The exchange's: {}. The world's: {}", sim::known_faults(),
                     sim::known_world_faults());
}

int simulate_command(const SimulateOptions& options) {
  if (options.faults) {
    const auto plan = sim::with_faults(sim::draw_plan(1, options.length), *options.faults);
    if (!plan) {
      say("tickwitness simulate: {}\n", plan.error().message);
      return kUsage;
    }
    if (const auto late = fault_after(*plan); !late.empty()) {
      say("tickwitness simulate: fault '{}' would come after the {:g} hours of --hours\n", late,
          std::chrono::duration<double, std::ratio<3600>>(options.length).count());
      return kUsage;
    }
  }
  return Simulate(options).run();
}

}  // namespace tickwitness::app
