#include "app/simulate_shrink.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kLengthMin = 1min;

// Takes out what is not needed, the larger parts first (delta debugging, Zeller 1999).
class Shrinker {
 public:
  Shrinker(sim::Plan plan, const std::vector<std::string>& failed, std::size_t runs_max,
           const std::function<std::vector<std::string>(const sim::Plan&)>& run)
      : plan_(std::move(plan)), failed_(failed), runs_max_(runs_max), run_(run) {}

  Shrunk shrink() {
    remove_faults();
    while (plan_.length / 2 >= kLengthMin && latest() < plan_.length / 2) {
      sim::Plan shorter = plan_;
      shorter.length /= 2;
      if (!accept(shorter)) break;
    }
    return {plan_, runs_};
  }

 private:
  bool accept(const sim::Plan& smaller) {
    if (runs_ >= runs_max_) return false;
    ++runs_;
    const auto now = run_(smaller);
    const bool same = std::ranges::any_of(
        now, [&](const auto& name) { return std::ranges::find(failed_, name) != failed_.end(); });
    if (same) plan_ = smaller;
    return same;
  }

  void remove_faults() {
    std::vector<std::string> faults = plan_.fault_texts();
    for (std::size_t part = std::max<std::size_t>(faults.size(), 1);; part = (part + 1) / 2) {
      for (std::size_t at = 0; at < faults.size();) {
        std::vector<std::string> fewer = faults;
        const std::size_t end = std::min(at + part, fewer.size());
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at),
                    fewer.begin() + static_cast<std::ptrdiff_t>(end));
        const auto smaller = sim::with_faults(plan_, fewer);
        if (smaller && accept(*smaller)) {
          faults = fewer;
        } else {
          at += part;
        }
      }
      if (part <= 1) return;
    }
  }

  // The last moment at which a fault begins.
  base::Duration latest() const {
    base::Duration last{0};
    for (const auto& fault : plan_.exchange.faults) last = std::max(last, fault.at);
    for (const auto& fault : plan_.faults) last = std::max(last, fault.at);
    return last;
  }

  sim::Plan plan_;
  const std::vector<std::string>& failed_;
  std::size_t runs_max_;
  std::size_t runs_ = 0;
  const std::function<std::vector<std::string>(const sim::Plan&)>& run_;
};

}  // namespace

Shrunk shrink(const sim::Plan& plan, const std::vector<std::string>& failed, std::size_t runs_max,
              const std::function<std::vector<std::string>(const sim::Plan&)>& run) {
  return Shrinker(plan, failed, runs_max, run).shrink();
}

std::string command_of(const sim::Plan& plan) {
  std::string command =
      fmt::format("tickwitness simulate --seeds {} --hours {}", plan.seed,
                  std::chrono::duration<double, std::ratio<3600>>(plan.length).count());
  const auto faults = plan.fault_texts();
  if (faults.empty()) return command + " --fault none";
  for (const auto& fault : faults) command += " --fault " + fault;
  return command;
}

}  // namespace tickwitness::app
