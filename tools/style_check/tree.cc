#include "tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tickwitness::style {
namespace fs = std::filesystem;
namespace {

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The three forms of pattern that this repository's .gitignore uses: /from/the/root/, name/ or
// name anywhere, *.extension.
class Ignored {
 public:
  explicit Ignored(const fs::path& root) {
    std::ifstream file(root / ".gitignore");
    for (std::string line; std::getline(file, line);) {
      while (line.ends_with('/') || line.ends_with(' ')) line.pop_back();
      if (line.empty() || line.starts_with('#')) continue;
      patterns_.push_back(line);
    }
    patterns_.emplace_back(".git");
  }

  [[nodiscard]] bool operator()(std::string_view path) const {
    const auto name = path.substr(path.rfind('/') + 1);
    return std::ranges::any_of(patterns_, [&](std::string_view pattern) {
      if (pattern.starts_with("*")) return name.ends_with(pattern.substr(1));
      if (pattern.starts_with("/")) return path == pattern.substr(1);
      return name == pattern;
    });
  }

 private:
  std::vector<std::string> patterns_;
};

void add_parents(std::set<std::string, std::less<>>& paths, std::string path) {
  for (auto slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/')) {
    path.resize(slash);
    if (!paths.insert(path).second) return;
  }
}

}  // namespace

const Source* Tree::find(std::string_view path) const {
  const auto it = std::ranges::lower_bound(sources, path, {}, &Source::path);
  return it != sources.end() && it->path == path ? &*it : nullptr;
}

Tree make_tree(std::vector<Source> sources) {
  Tree tree{.sources = std::move(sources), .rooms = {}, .paths = {}};
  std::ranges::sort(tree.sources, {}, &Source::path);
  for (const auto& source : tree.sources) {
    tree.paths.insert(source.path);
    add_parents(tree.paths, source.path);
  }
  if (const auto* table = tree.find("src/rooms.txt")) tree.rooms = parse_rooms(table->lines);
  return tree;
}

Tree load_tree(const fs::path& root) {
  const Ignored ignored(root);
  std::vector<Source> sources;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    const auto path = it->path().lexically_relative(root).generic_string();
    if (ignored(path)) {
      if (it->is_directory()) it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      sources.push_back(make_source(path, read_file(it->path())));
    }
  }
  return make_tree(std::move(sources));
}

}  // namespace tickwitness::style
