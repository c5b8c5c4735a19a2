// Where something is kept about each of many: the place of each by its key.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tickwitness::base {

// Keys with a number each; Key::Hash is their hash. The one that was asked for last is found at
// once: frames about one market come in rows. Not thread-safe.
template <class Key>
class Index {
 public:
  std::optional<std::size_t> find(const Key& key) const {
    if (last_ && last_->first == key) return last_->second;
    const auto found = numbers_.find(key);
    if (found == numbers_.end()) return std::nullopt;
    last_ = *found;
    return found->second;
  }
  // Of a key that has none yet.
  void add(const Key& key, std::size_t number) {
    numbers_.emplace(key, number);
    last_.emplace(key, number);
  }
  void clear() {
    numbers_.clear();
    last_.reset();
  }

 private:
  std::unordered_map<Key, std::size_t, typename Key::Hash> numbers_;
  mutable std::optional<std::pair<Key, std::size_t>> last_;
};

}  // namespace tickwitness::base
