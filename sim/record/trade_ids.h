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

  // Ids that an earlier life did not get, both ends included.
  struct Hole {
    std::uint64_t from = 0, to = 0;
    bool given_up = false;  // nobody expects them any more
  };
  // The engine knows of an earlier life: of ids up to `top` it lacks these, in order, and no other.
  // Before anything is added.
  void restore(std::uint64_t top, const std::vector<Hole>& holes) {
    first_ = holes.empty() ? top : holes.front().from - 1;
    std::uint64_t from = first_;
    for (const Hole& hole : holes) {
      runs_.emplace(from, hole.from - 1);
      count_ += hole.from - from;
      from = hole.to + 1;
      if (hole.given_up) given_up_before_ += hole.to - hole.from + 1;
    }
    runs_.emplace(from, top);
    count_ += top + 1 - from;
    restored_ = count_;
  }

  bool begun() const { return count_ != 0; }
  // Added in this life.
  std::uint64_t count() const { return count_ - restored_; }
  // These, and from first() on what was there before.
  std::uint64_t known() const { return count_; }
  // Both 0 before the first.
  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return runs_.empty() ? 0 : std::prev(runs_.end())->second; }
  // Between the first and the last, but for what was given up before this life. Below 0 when some
  // of that has come after all.
  std::int64_t missing() const {
    return static_cast<std::int64_t>(all_missing()) - static_cast<std::int64_t>(given_up_before_);
  }
  std::uint64_t all_missing() const { return count_ == 0 ? 0 : last() - first_ + 1 - count_; }
  // Stretches of ids that came, first and last, in order.
  const std::map<std::uint64_t, std::uint64_t>& runs() const { return runs_; }
  // The stretches of those that are missing, both ends included, in order.
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
  std::uint64_t count_ = 0, restored_ = 0, given_up_before_ = 0;
};

}  // namespace tickwitness::sim
