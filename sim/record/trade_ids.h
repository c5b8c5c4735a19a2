// Which trades of one pair reached the engine, by id.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace tickwitness::sim {

// Ids below the first that came are not counted: what lies before the beginning is not missing.
// Not thread-safe.
class TradeIds {
 public:
  // False: it was there already, or lies before the beginning.
  bool add(std::uint64_t id) {
    if (count_ == 0) first_ = id;
    if (id < first_) return false;
    auto next = runs_.upper_bound(id);
    if (next != runs_.begin() && std::prev(next)->second >= id) return false;
    std::uint64_t end = id;
    if (next != runs_.end() && next->first == id + 1) {
      end = next->second;
      next = runs_.erase(next);
    }
    if (next != runs_.begin() && std::prev(next)->second + 1 == id) {
      std::prev(next)->second = end;
    } else {
      runs_.emplace(id, end);
    }
    ++count_;
    return true;
  }

  std::uint64_t count() const { return count_; }
  // Both 0 before the first.
  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return runs_.empty() ? 0 : std::prev(runs_.end())->second; }
  // Between the first and the last.
  std::uint64_t missing() const { return count_ == 0 ? 0 : last() - first_ + 1 - count_; }
  // The stretches of these, both ends included, in order.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> holes() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (auto run = runs_.begin(); run != runs_.end() && std::next(run) != runs_.end(); ++run) {
      all.emplace_back(run->second + 1, std::next(run)->first - 1);
    }
    return all;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> runs_;  // first and last of each stretch
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace tickwitness::sim
