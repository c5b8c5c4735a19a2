// Links of Markdown pages to files and headings of the repository.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <string_view>

#include "rule.h"

namespace tickwitness::style {
namespace {

// A heading's anchor as code hosts make it: lower case, blanks to '-', punctuation dropped.
std::string anchor_of(std::string_view heading) {
  heading.remove_prefix(std::min(heading.find_first_not_of("# "), heading.size()));
  std::string out;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '-';
    } else if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80) {
      out += static_cast<char>(std::tolower(byte));
    }
  }
  return out;
}

bool has_anchor(const Source& page, std::string_view anchor) {
  return std::ranges::any_of(page.lines, [&](const std::string& line) {
    return line.starts_with('#') && anchor_of(line) == anchor;
  });
}

// Empty if the link leads somewhere, else what is wrong.
std::string problem(const Tree& tree, const Source& page, std::string_view target) {
  if (target.find("://") != target.npos || target.starts_with("mailto:")) return {};
  const auto hash = target.find('#');
  const auto file = target.substr(0, hash);
  const auto folder = std::filesystem::path(page.path).parent_path();
  const auto path = file.empty() ? page.path : (folder / file).lexically_normal().generic_string();
  const auto plain = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  if (plain.starts_with("..")) return fmt::format("'{}' leads out of the repository", target);
  if (plain != "." && !tree.has(plain)) return fmt::format("'{}' does not exist", target);
  if (hash == target.npos) return {};
  const auto* other = tree.find(plain);
  if (other != nullptr && other->extension() == ".md" &&
      !has_anchor(*other, target.substr(hash + 1))) {
    return fmt::format("no heading makes '{}'", target);
  }
  return {};
}

// The line with `code` blanked.
std::string without_code(std::string line) {
  bool inside = false;
  for (char& c : line) {
    if (c == '`') {
      inside = !inside;
    } else if (inside) {
      c = ' ';
    }
  }
  return line;
}

}  // namespace

void check_links(const Tree& tree, Complaints& out) {
  for (const auto& page : tree.sources) {
    if (page.extension() != ".md") continue;
    bool fenced = false;
    for (std::size_t i = 0; i < page.lines.size(); ++i) {
      if (page.lines[i].starts_with("```")) fenced = !fenced;
      if (fenced) continue;
      const auto line = without_code(page.lines[i]);
      for (auto at = line.find("]("); at != line.npos; at = line.find("](", at + 1)) {
        const auto end = line.find_first_of(") ", at + 2);
        if (end == line.npos) continue;
        const auto wrong = problem(tree, page, std::string_view(line).substr(at + 2, end - at - 2));
        if (!wrong.empty()) out.push_back({page.path, i + 1, wrong});
      }
    }
  }
}

}  // namespace tickwitness::style
