// The files of the repository and the table of rooms: all that a rule may look at.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rooms.h"
#include "source.h"

namespace tickwitness::style {

struct Tree {
  std::vector<Source> sources;  // by path
  Rooms rooms;
  std::set<std::string, std::less<>> paths;  // of every file and folder

  [[nodiscard]] bool has(std::string_view path) const { return paths.contains(path); }
  [[nodiscard]] const Source* find(std::string_view path) const;
};

// Reads what .gitignore does not name. Git itself is not asked: a tree that was copied has none.
Tree load_tree(const std::filesystem::path& root);

// A tree of given sources, for tests. A source named src/rooms.txt becomes the table.
Tree make_tree(std::vector<Source> sources);

}  // namespace tickwitness::style
