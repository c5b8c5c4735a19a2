#include "base/index.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tickwitness::base {
namespace {

struct Key {
  std::uint64_t value = 0;
  friend bool operator==(const Key&, const Key&) = default;
  struct Hash {
    std::size_t operator()(const Key& key) const { return key.value % 7; }
  };
};

TEST(Index, FindsEachOfManyInAnyOrder) {
  Index<Key> index;
  EXPECT_EQ(index.find({}), std::nullopt);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(index.find({i}), std::nullopt);
    index.add({i}, 2 * i);
    EXPECT_EQ(index.find({i}), 2 * i);
  }
  for (std::size_t i = 300; i-- > 0;) {
    EXPECT_EQ(index.find({i}), 2 * i);
    EXPECT_EQ(index.find({i}), 2 * i);
  }
  EXPECT_EQ(index.find({300}), std::nullopt);
  EXPECT_EQ(index.find({7}), 14U);
}

TEST(Index, ForgetsAll) {
  Index<Key> index;
  index.add({5}, 1);
  index.clear();
  EXPECT_EQ(index.find({5}), std::nullopt);
  index.add({5}, 2);
  EXPECT_EQ(index.find({5}), 2U);
}

}  // namespace
}  // namespace tickwitness::base
