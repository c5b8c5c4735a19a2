// Any changes of names, power failures among them, against a model that only knows what may be
// left: the names that were synced, and of the rest old or new ones, with no file lost between two.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/disk/disk.h"
#include "sim/disk/script_for_tests.h"

namespace tickwitness::sim {
namespace {

constexpr std::uint64_t kCapacity = 1U << 16;
constexpr std::uint64_t kSeedsEach =
    20;  // what is left is drawn, so the same calls are tried often

// What names may be left. Each file has a number of its own, durable before it is named.
class NamesModel {
 public:
  using State = std::map<std::string, std::string>;  // the number under each name

  State& change() { return states_.emplace_back(states_.back()); }
  void sync() { states_ = {states_.back()}; }
  void survive(const State& left) { states_ = {left}; }
  const State& seen() const { return states_.back(); }

  bool allows(const State& left) const {
    const auto under = [](const State& state, const std::string& name) {
      const auto found = state.find(name);
      return found == state.end() ? std::string() : found->second;
    };
    std::set<std::string> names;
    for (const auto& state : states_)
      for (const auto& [name, number] : state) names.insert(name);
    for (const auto& [name, number] : left) names.insert(name);
    for (const auto& name : names)
      if (std::ranges::none_of(
              states_, [&](const auto& state) { return under(state, name) == under(left, name); }))
        return false;
    std::multiset<std::string> numbers = numbers_of(left);
    for (const auto& number : numbers_of(states_.front())) {
      const bool always = std::ranges::all_of(
          states_, [&](const auto& state) { return numbers_of(state).contains(number); });
      if (always && !numbers.contains(number)) return false;
    }
    return std::ranges::all_of(numbers,
                               [&](const auto& number) { return numbers.count(number) == 1; });
  }

 private:
  static std::multiset<std::string> numbers_of(const State& state) {
    std::multiset<std::string> numbers;
    for (const auto& [name, number] : state) numbers.insert(number);
    return numbers;
  }
  std::vector<State> states_{{}};
};

NamesModel::State names_of(Disk& disk) {
  NamesModel::State state;
  const auto names = disk.list().value();
  for (const auto& name : names) state[name] = contents(**disk.open(name));
  return state;
}

// 0 … 9, and two names.
using NameCall = std::tuple<int, std::string, std::string>;

class NameChanges {
 public:
  explicit NameChanges(std::uint64_t seed) : disk_(kCapacity, base::Prng(seed)) {}

  void run(const NameCall& call) {
    const auto& [what, name, other] = call;
    if (what < 3)
      create(name);
    else if (what < 6)
      rename(name, other);
    else if (what < 7 && disk_.remove(name))
      model_.change().erase(name);
    else if (what == 8)
      sync();
    else if (what == 9)
      crash();
    RC_ASSERT(names_of(disk_) == model_.seen());
  }

  void crash() {
    disk_.crash();
    const auto left = names_of(disk_);
    RC_ASSERT(model_.allows(left));
    model_.survive(left);
  }

 private:
  void create(const std::string& name) {
    auto file = disk_.create(name);
    if (!file) return;
    const std::string number = std::to_string(++last_number_);
    RC_ASSERT((*file)->write(0, number).has_value());
    RC_ASSERT((*file)->sync().has_value());
    model_.change()[name] = number;
  }
  void rename(const std::string& name, const std::string& other) {
    if (!disk_.rename(name, other)) return;
    const std::string moved = model_.seen().at(name);
    auto& state = model_.change();
    state.erase(name);
    state[other] = moved;
  }
  void sync() {
    RC_ASSERT(disk_.sync_names().has_value());
    model_.sync();
  }

  Disk disk_;
  NamesModel model_;
  int last_number_ = 0;
};

TEST(DiskNames, AreOldOrNewAndSyncedOnesAreThere) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto name = rc::gen::element<std::string>("a", "b", "c");
    const auto calls = *rc::gen::container<std::vector<NameCall>>(
        rc::gen::tuple(rc::gen::inRange(0, 10), name, name));
    for (std::uint64_t i = 0; i < kSeedsEach; ++i) {
      NameChanges changes(seed + i);
      for (const auto& call : calls) changes.run(call);
      changes.crash();
    }
  }));
}

}  // namespace
}  // namespace tickwitness::sim
