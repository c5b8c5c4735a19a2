#include "rooms.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace tickwitness::style {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool parse_line(std::string_view line, Room& room) {
  const auto colon = line.find(':');
  const auto bar = line.find('|');
  if (colon == std::string_view::npos || bar == std::string_view::npos || bar < colon) return false;
  room.name = line.substr(0, colon);
  room.rooms = words(line.substr(colon + 1, bar - colon - 1));
  room.libraries = words(line.substr(bar + 1));
  room.all = contains(room.rooms, "*");
  return true;
}

void spell_out(Rooms& rooms) {
  for (auto& room : rooms.list) {
    if (!room.all) continue;
    room.rooms.clear();
    for (const auto& other : rooms.list) {
      if (other.name != room.name) room.rooms.push_back(other.name);
    }
  }
}

// Whether `to` can be reached from `from` over at least `steps_min` arrows.
bool reaches(const Rooms& rooms, const Room& from, std::string_view to, int steps_min,
             std::size_t depth = 0) {
  if (depth > rooms.list.size()) return false;  // a cycle that does not pass `to`
  return std::ranges::any_of(from.rooms, [&](const std::string& next) {
    if (next == to && steps_min <= 1) return true;
    const auto* room = rooms.find(next);
    return room != nullptr && next != to && reaches(rooms, *room, to, steps_min - 1, depth + 1);
  });
}

void check(Rooms& rooms) {
  for (std::size_t i = 0; i < rooms.list.size(); ++i) {
    const auto& room = rooms.list[i];
    if (rooms.find(room.name) != &room) {
      rooms.errors.push_back(fmt::format("the room '{}' stands twice", room.name));
    }
    for (const auto& other : room.rooms) {
      if (rooms.find(other) == nullptr) {
        rooms.errors.push_back(
            fmt::format("'{}' may include '{}', which is no room of the table", room.name, other));
      }
    }
    if (reaches(rooms, room, room.name, 1)) {
      rooms.errors.push_back(fmt::format("'{}' includes itself over other rooms", room.name));
    }
  }
}

std::string node(std::string_view room) {
  std::string id(room);
  std::ranges::replace(id, '/', '_');
  return id;
}

}  // namespace

bool Room::may_include(std::string_view room) const {
  return room == name || contains(rooms, room);
}

bool Room::may_use(std::string_view library) const {
  return contains(libraries, library);
}

std::string Room::folder() const {
  return name == "sim" ? name : "src/" + name;
}

const Room* Rooms::find(std::string_view name) const {
  const auto it = std::ranges::find(list, name, &Room::name);
  return it == list.end() ? nullptr : &*it;
}

const Room* Rooms::of_file(std::string_view path) const {
  const Room* best = nullptr;
  for (const auto& room : list) {
    if (path.starts_with(room.folder() + "/") &&
        (best == nullptr || room.name.size() > best->name.size())) {
      best = &room;
    }
  }
  return best;
}

Rooms parse_rooms(const std::vector<std::string>& lines) {
  Rooms rooms;
  for (const auto& line : lines) {
    if (line.empty() || line.starts_with('#')) continue;
    Room room;
    if (parse_line(line, room)) {
      rooms.list.push_back(std::move(room));
    } else {
      rooms.errors.push_back(fmt::format("not 'room: rooms | libraries': {}", line));
    }
  }
  spell_out(rooms);
  check(rooms);
  return rooms;
}

std::string draw(const Rooms& rooms) {
  std::string out = "```mermaid\nflowchart TD\n";
  for (auto it = rooms.list.rbegin(); it != rooms.list.rend(); ++it) {
    out += fmt::format("  {}[\"{}\"]\n", node(it->name), it->name);
  }
  for (auto it = rooms.list.rbegin(); it != rooms.list.rend(); ++it) {
    for (const auto& to : it->rooms) {
      if (!reaches(rooms, *it, to, 2)) {
        out += fmt::format("  {} --> {}\n", node(it->name), node(to));
      }
    }
  }
  out += "```\n\n| room | may include | libraries beside the standard one |\n|---|---|---|\n";
  for (const auto& room : rooms.list) {
    out += fmt::format("| `{}/` | {} | {} |\n", room.folder(),
                       room.all ? "every room" : fmt::format("{}", fmt::join(room.rooms, ", ")),
                       fmt::join(room.libraries, ", "));
  }
  return out;
}

}  // namespace tickwitness::style
