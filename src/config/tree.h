// YAML text → a small tree that knows where everything stands. Stricter than YAML where YAML
// surprises: one document, no duplicate keys, no tags, no tabs in indentation, only UTF-8; limits
// on size, depth and the number of nodes (aliases copy, and copies count).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickwitness::config {

inline constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kDepthMax = 16;
inline constexpr std::size_t kNodesMax = 10'000;

struct Place {
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct TreeNode {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string text;  // scalar
  Place place;
  std::vector<TreeNode> items;  // list
  std::vector<Entry> entries;   // map, in the order of the file
};

struct TreeNode::Entry {
  std::string key;
  Place place;  // of the key
  TreeNode value;
};

struct TreeProblem {
  Place place;
  std::string text;
};

// The tree, or the first thing that is wrong (all duplicate keys at once). An empty file is a null
// node. Never throws.
std::expected<TreeNode, std::vector<TreeProblem>> parse_tree(std::string_view text);

}  // namespace tickwitness::config
