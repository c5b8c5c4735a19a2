// Includes between rooms and of libraries, and the places where the table is shown or lived in.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "rule.h"

namespace tickwitness::style {
namespace {

struct Include {
  std::string_view target;
  bool quoted;
};

// The #include of line `i`, with an empty target if there is none. Commented-out ones are not.
Include include_at(const Source& source, std::size_t i) {
  if (!source.code[i].starts_with("#include")) return {};
  const std::string_view line = source.lines[i];
  const auto begin = line.find_first_of("\"<");
  if (begin == std::string_view::npos) return {};
  const bool quoted = line[begin] == '"';
  const auto end = line.find(quoted ? '"' : '>', begin + 1);
  if (end == std::string_view::npos) return {};
  return {line.substr(begin + 1, end - begin - 1), quoted};
}

// The demo and the simulation are wired in app/; nothing else of src/ knows the simulator.
bool may_wire_sim(std::string_view path) {
  return path.starts_with("src/app/demo") || path.starts_with("src/app/simulate");
}

struct Library {
  std::string_view prefix;
  std::string_view name;
};
constexpr auto kLibraries = std::to_array<Library>({
    {"boost/", "boost"},
    {"openssl/", "openssl"},
    {"fmt/", "fmt"},
    {"simdjson", "simdjson"},
    {"yaml-cpp/", "yaml-cpp"},
    {"CLI/", "cli11"},
    {"zlib.h", "zlib"},
    {"zstd", "zstd"},
    {"sqlite3.h", "sqlite"},
    {"libpq-fe.h", "libpq"},
    {"sodium", "sodium"},
    {"spdlog/", "spdlog"},
    {"libdeflate.h", "deflate"},
    {"google/protobuf/", "protobuf"},
    {"snappy", "snappy"},
    {"xgboost/", "xgboost"},
});

// Sockets, TLS and Asio are known to net/ only; the real executor and timers of runtime/ are the
// one other place that sees Asio. A test may have a peer of its own.
bool may_see_sockets(std::string_view path, std::string_view header) {
  if (path.starts_with("src/net/")) return true;
  const bool asio = header.starts_with("boost/asio") && !header.starts_with("boost/asio/ssl");
  const auto name = path.substr(path.rfind('/') + 1);
  if (name.starts_with("test_") && !header.starts_with("boost/")) return true;
  return asio && path.starts_with("src/runtime/") &&
         (name.find("_asio.") != std::string_view::npos ||
          name.find("_asio_test.") != std::string_view::npos || name.starts_with("asio_"));
}

// Digests are no sockets.
bool is_socket_header(std::string_view header) {
  return header.starts_with("boost/asio") || header.starts_with("boost/beast") ||
         (header.starts_with("openssl/") && header != "openssl/evp.h") ||
         header.starts_with("sys/socket.h") || header.starts_with("netinet/") ||
         header.starts_with("arpa/inet.h");
}

}  // namespace

void check_layering(const Tree& tree, Complaints& out) {
  for (const auto& error : tree.rooms.errors) out.push_back({"src/rooms.txt", 0, error});
  for (const auto& source : tree.sources) {
    const auto* room = tree.rooms.of_file(source.path);
    if (room == nullptr || !source.is_cpp()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto [target, quoted] = include_at(source, i);
      if (!quoted) continue;
      const bool sim = target.starts_with("sim/");
      const auto file = sim ? std::string(target) : "src/" + std::string(target);
      const auto* other = tree.rooms.of_file(file);
      if (other == nullptr) {
        out.push_back(
            {source.path, i + 1,
             fmt::format("\"{}\" is in no room; includes start at src/, or with sim/", target)});
      } else if (!room->may_include(other->name)) {
        out.push_back(
            {source.path, i + 1,
             fmt::format("{}/ may not include {}/ (src/rooms.txt)", room->name, other->name)});
      } else if (sim && room->name != "sim" && !may_wire_sim(source.path)) {
        out.push_back({source.path, i + 1,
                       "only src/app/demo* and src/app/simulate* may include the simulator"});
      }
    }
  }
}

void check_libraries(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    const auto* room = tree.rooms.of_file(source.path);
    if (room == nullptr || !source.is_cpp()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto [header, quoted] = include_at(source, i);
      if (quoted || header.empty()) continue;
      const auto* library = std::ranges::find_if(
          kLibraries, [&](const Library& known) { return header.starts_with(known.prefix); });
      if (library != kLibraries.end() && !room->may_use(library->name)) {
        out.push_back(
            {source.path, i + 1,
             fmt::format("{}/ may not use {} (src/rooms.txt)", room->name, library->name)});
      } else if (is_socket_header(header) && !may_see_sockets(source.path, header)) {
        out.push_back(
            {source.path, i + 1,
             fmt::format("<{}> is for net/ only (Asio also for src/runtime/*_asio.*)", header)});
      }
    }
  }
}

void check_folders(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    const bool in_house = source.path.starts_with("src/") || source.path.starts_with("sim/");
    if (!in_house || !source.is_cpp()) continue;
    const auto* room = tree.rooms.of_file(source.path);
    const auto folder = source.path.substr(0, source.path.rfind('/'));
    const bool nested_sim = room != nullptr && room->name == "sim";
    if (room == nullptr || (folder != room->folder() && !nested_sim)) {
      out.push_back({source.path, 0, fmt::format("{}/ is no room of src/rooms.txt", folder)});
    }
  }
  for (const auto& room : tree.rooms.list) {
    if (!tree.has(room.folder())) {
      out.push_back({"src/rooms.txt", 0, fmt::format("the room {} has no files", room.name)});
    }
  }
}

void check_drawing(const Tree& tree, Complaints& out) {
  constexpr std::string_view kPath = "docs/ARCHITECTURE.md";
  const auto* page = tree.find(kPath);
  if (page == nullptr) {
    out.push_back({std::string(kPath), 0, "is missing"});
    return;
  }
  const auto begin = std::ranges::find(page->lines, kDrawingBegin);
  const auto end = std::ranges::find(begin, page->lines.end(), kDrawingEnd);
  std::string shown;
  for (auto it = begin; it < end; ++it) {
    if (it != begin) shown += *it + "\n";
  }
  if (end == page->lines.end() || shown != draw(tree.rooms)) {
    out.push_back(
        {std::string(kPath), static_cast<std::size_t>(begin - page->lines.begin()) + 1,
         "differs from src/rooms.txt; mend with: style_check --draw-into " + std::string(kPath)});
  }
}

}  // namespace tickwitness::style
