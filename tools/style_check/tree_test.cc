#include "tree.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tickwitness::style {
namespace {
namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(TreeTest, ReadsWhatIsNotIgnored) {
  const auto root = fs::path(testing::TempDir()) / "style_tree_test";
  fs::remove_all(root);
  write(root / ".gitignore", "# what\n/build/\nnode_modules/\n*.swp\n");
  write(root / ".git/config", "x\n");
  write(root / "build/x", "x\n");
  write(root / "src/build/kept.h", "x\n");
  write(root / "web/node_modules/a/b.js", "x\n");
  write(root / "src/.a.swp", "x\n");
  write(root / "src/rooms.txt", "base: | fmt\n");
  const auto tree = load_tree(root);
  fs::remove_all(root);

  std::vector<std::string> paths;
  for (const auto& source : tree.sources) paths.push_back(source.path);
  EXPECT_EQ(paths, (std::vector<std::string>{".gitignore", "src/build/kept.h", "src/rooms.txt"}));
  EXPECT_TRUE(tree.has("src/build"));
  EXPECT_FALSE(tree.has("build"));
  EXPECT_NE(tree.find("src/rooms.txt"), nullptr);
  EXPECT_EQ(tree.find("src/none"), nullptr);
  ASSERT_EQ(tree.rooms.list.size(), 1U);
}

TEST(RoomsTest, AFileBelongsToTheNearestRoom) {
  const auto rooms = parse_rooms({"exchange: |", "exchange/kraken: exchange |", "sim: |"});
  EXPECT_EQ(rooms.of_file("src/exchange/a.h")->name, "exchange");
  EXPECT_EQ(rooms.of_file("src/exchange/kraken/a.h")->name, "exchange/kraken");
  EXPECT_EQ(rooms.of_file("sim/exchange/a.h")->name, "sim");
  EXPECT_EQ(rooms.of_file("src/exchanges/a.h"), nullptr);
  EXPECT_EQ(rooms.of_file("tools/a.h"), nullptr);
}

TEST(RoomsTest, WrongTablesAreToldOf) {
  EXPECT_EQ(parse_rooms({"# a comment", "", "a: b | fmt", "b: |"}).errors.size(), 0U);
  EXPECT_EQ(parse_rooms({"a b"}).errors.size(), 1U);
  EXPECT_EQ(parse_rooms({"a: b |"}).errors.size(), 1U);
  EXPECT_EQ(parse_rooms({"a: |", "a: |"}).errors.size(), 1U);
  EXPECT_EQ(parse_rooms({"a: b |", "b: c |", "c: b |"}).errors.size(), 2U);
}

TEST(RoomsTest, TheDrawingLeavesOutWhatIsImplied) {
  const auto text = draw(parse_rooms({"a: | fmt", "b: a |", "c: b a |", "d: * |"}));
  EXPECT_NE(text.find("c --> b\n"), std::string::npos);
  EXPECT_EQ(text.find("c --> a\n"), std::string::npos);
  EXPECT_NE(text.find("| `src/c/` | b, a |"), std::string::npos);
  EXPECT_NE(text.find("| `src/d/` | every room |"), std::string::npos);
}

}  // namespace
}  // namespace tickwitness::style
