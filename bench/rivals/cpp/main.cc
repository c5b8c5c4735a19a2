// core_bench [--quick] [--peer NAME] CASE...
// Prints a line of JSON for each case and peer; repetitions of the peers alternate.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rivals/cpp/harness.h"
#include "bench/rivals/cpp/prometheus_cpp.h"
#include "bench/rivals/cpp/tickwitness.h"

namespace tickwitness::bench {
namespace {

struct Arguments {
  Plan plan = kFull;
  std::string peer;  // empty: all
  std::vector<std::string> cases;
};

Arguments read(std::span<char*> words) {
  Arguments out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--quick") {
      out.plan = kQuick;
    } else if (word == "--peer" && i + 1 < words.size()) {
      out.peer = words[++i];
    } else {
      out.cases.emplace_back(word);
    }
  }
  return out;
}

// The limit: a number in memory that one thread alone counts up, without anything around it. The
// barrier keeps the compiler from adding up in a register.
std::unique_ptr<Side> plain_increment(const Plan& plan) {
  const auto number = std::make_shared<std::uint64_t>(0);
  return std::make_unique<LoopSide>(
      LoopSide::Work{.peer = "plain_increment",
                     .name = "inc1",
                     .run =
                         [number](std::uint64_t operations, unsigned /*thread*/) {
                           std::uint64_t* const at = number.get();
                           for (; operations > 0; --operations) {
                             ++*at;
                             asm volatile("" ::: "memory");
                           }
                         },
                     .counted = [number] { return *number; }},
      plan);
}

// A peer without the case is left out. False if nobody has it.
template <Peer... P>
bool run(const std::string& name, const Arguments& arguments) {
  std::vector<std::unique_ptr<Side>> sides;
  const auto add = [&]<Peer One>() {
    if (!arguments.peer.empty() && arguments.peer != One::kName) return;
    if (auto side = make_side<One>(name, arguments.plan)) sides.push_back(std::move(side));
  };
  (add.template operator()<P>(), ...);
  if (name == "inc1" && arguments.peer.empty()) sides.push_back(plain_increment(arguments.plan));
  // memory grows only once
  const int repetitions = name == "bytes_per_series" ? 1 : arguments.plan.repetitions;
  for (int i = 0; i < repetitions; ++i) {
    for (const auto& side : sides) side->repeat();
  }
  for (const auto& side : sides) fmt::print("{}\n", side->finish());
  std::fflush(stdout);
  return !sides.empty();
}

}  // namespace
}  // namespace tickwitness::bench

int main(int argc, char** argv) {
  using namespace tickwitness::bench;
  const auto arguments = read({argv + 1, argv + argc});
  for (const auto& name : arguments.cases) {
    if (run<Tickwitness, PrometheusCpp>(name, arguments)) continue;
    fmt::print(stderr, "core_bench: there is no case '{}' for these peers\n", name);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
