// src/rooms.txt: which room may include which.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::style {

struct Room {
  std::string name;                // "exchange/kraken"
  std::vector<std::string> rooms;  // what it may include, in the table's order; "*" spelled out
  std::vector<std::string> libraries;
  bool all = false;  // the table says "*"

  [[nodiscard]] bool may_include(std::string_view room) const;
  [[nodiscard]] bool may_use(std::string_view library) const;
  [[nodiscard]] std::string folder() const;  // "src/exchange/kraken"; sim lives at the root
};

struct Rooms {
  std::vector<Room> list;  // in the table's order, which is from the bottom to the top
  std::vector<std::string> errors;

  [[nodiscard]] const Room* find(std::string_view name) const;
  // The room a file of the repository belongs to, null if to none.
  [[nodiscard]] const Room* of_file(std::string_view path) const;
};

// A line that cannot be read, a name unknown or given twice, and a cycle become errors.
Rooms parse_rooms(const std::vector<std::string>& lines);

// Between these two lines of docs/ARCHITECTURE.md stands what draw() says.
inline constexpr std::string_view kDrawingBegin = "<!-- rooms: begin -->";
inline constexpr std::string_view kDrawingEnd = "<!-- rooms: end -->";

// The part of docs/ARCHITECTURE.md that is drawn from the table: a mermaid graph without the
// arrows that others imply, and the whole table below it.
std::string draw(const Rooms& rooms);

}  // namespace tickwitness::style
