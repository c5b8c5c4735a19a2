// What reaches outside the process, or differs from run to run, belongs to the rooms made for it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include "rule.h"

namespace tickwitness::style {
namespace {

constexpr auto kOutside = std::to_array<std::string_view>({
    "system_clock::now",
    "steady_clock::now",
    "high_resolution_clock",
    "clock_gettime(",
    "gettimeofday(",
    "time(nullptr)",
    "time(NULL)",
    "localtime",
    "std::thread",
    "std::jthread",
    "std::async",
    "this_thread::",
    "sleep_for(",
    "sleep_until(",
    "usleep(",
    "nanosleep(",
    "getenv(",
    "setenv(",
    "random_device",
    "rand(",
    "srand(",
    "mt19937",
    "_distribution<",
    "fopen(",
    "ifstream",
    "ofstream",
    "fstream",
    "filesystem::exists(",
    "filesystem::remove",
    "filesystem::create_director",
    "directory_iterator",
    "socket(",
    "::open(",
    "::read(",
    "::write(",
    "::fork(",
    "popen(",
    "std::system(",
});

bool has_seams(const Source& source) {
  return source.path.starts_with("src/runtime/") || source.path.starts_with("src/net/") ||
         source.path.starts_with("src/app/") || source.is_test() ||
         source.path.ends_with("_bench.cc");
}

bool in_house(const Source& source) {
  return source.is_cpp() && (source.path.starts_with("src/") || source.path.starts_with("sim/"));
}

bool name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The word as a whole name: `rand(` is not found in `operand(`, `socket(` not in `make_socket(`.
bool mentions(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool own_start = at == 0 || word.starts_with('_') || !name_character(line[at - 1]);
    // `x.read(` and `Reader::read(` are members, `::read(` is the system's
    const bool global = !word.starts_with("::") || at == 0 || !name_character(line[at - 1]);
    const bool member = !word.starts_with("::") && at > 0 &&
                        (line[at - 1] == '.' || line.substr(0, at).ends_with("->"));
    const auto end = at + word.size();
    const bool own_end = !name_character(word.back()) || word.ends_with('_') ||
                         end == line.size() || !name_character(line[end]) ||
                         word.find("create_director") != std::string_view::npos ||
                         word.find("::remove") != std::string_view::npos;
    if (own_start && own_end && global && !member) return true;
  }
  return false;
}

// Names declared in this line as unordered containers.
void collect_unordered(std::string_view line, std::set<std::string, std::less<>>& names) {
  const auto at = line.find("unordered_");
  if (at == std::string_view::npos) return;
  auto i = line.find('<', at);
  int depth = 0;
  for (; i < line.size(); ++i) {
    if (line[i] == '<') ++depth;
    if (line[i] == '>' && --depth == 0) break;
  }
  if (i >= line.size()) return;
  const auto begin = line.find_first_not_of(" &>", i);
  if (begin == std::string_view::npos) return;
  auto end = begin;
  while (end < line.size() && name_character(line[end])) ++end;
  if (end > begin) names.emplace(line.substr(begin, end - begin));
}

// What a range-for of this line runs over, empty if there is none.
std::string_view looped_over(std::string_view line) {
  const auto loop = line.find("for (");
  if (loop == std::string_view::npos) return {};
  const auto colon = line.find(" : ", loop);
  if (colon == std::string_view::npos) return {};
  auto range = line.substr(colon + 3);
  if (range.starts_with("this->")) range.remove_prefix(6);
  std::size_t end = 0;
  while (end < range.size() && name_character(range[end])) ++end;
  return range.substr(0, end);
}

}  // namespace

void check_outside(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (!in_house(source) || has_seams(source)) continue;
    for (std::size_t i = 0; i < source.code.size(); ++i) {
      const auto* word = std::ranges::find_if(
          kOutside, [&](std::string_view each) { return mentions(source.code[i], each); });
      if (word != kOutside.end() && !excused(source, i, "outside-ok")) {
        out.push_back({source.path, i + 1,
                       fmt::format("'{}' is for runtime/, net/, app/ and tests; take it from a "
                                   "seam, or say `// outside-ok: why`",
                                   *word)});
      }
    }
  }
}

void check_unordered(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (!in_house(source) || source.is_test()) continue;
    std::set<std::string, std::less<>> names;
    for (const auto& line : source.code) collect_unordered(line, names);
    if (source.path.ends_with(".cc")) {
      const auto header = source.path.substr(0, source.path.size() - 3) + ".h";
      if (const auto* other = tree.find(header)) {
        for (const auto& line : other->code) collect_unordered(line, names);
      }
    }
    for (std::size_t i = 0; i < source.code.size(); ++i) {
      const auto range = looped_over(source.code[i]);
      if (names.contains(range) && !excused(source, i, "order-ok")) {
        out.push_back({source.path, i + 1,
                       fmt::format("the order of '{}' differs between libraries; sort it, or say "
                                   "`// order-ok: why`",
                                   range)});
      }
    }
  }
}

}  // namespace tickwitness::style
