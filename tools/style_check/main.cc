// style_check: what the compilers do not see. Exits 1 if any rule is broken.
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "rule.h"

namespace {
using namespace tickwitness::style;

constexpr std::string_view kHelp =
    R"(style_check [--root DIR] [--rule NAME]   check every rule, or one
style_check [--root DIR] --draw          print the drawing of the rooms
style_check [--root DIR] --draw-into FILE  put it between the marks of FILE
style_check --list                       name the rules
style_check [--root DIR] --long          list files of more than 300 lines
)";

struct Options {
  std::string root = ".";
  std::string rule;
  std::string command = "check";
  std::string file;
};

bool parse(const std::vector<std::string>& args, Options& options) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool more = i + 1 < args.size();
    if (args[i] == "--root" && more) {
      options.root = args[++i];
    } else if (args[i] == "--rule" && more) {
      options.rule = args[++i];
    } else if (args[i] == "--draw-into" && more) {
      options.command = "draw-into";
      options.file = args[++i];
    } else if (args[i] == "--draw" || args[i] == "--list" || args[i] == "--long" ||
               args[i] == "--help") {
      options.command = args[i].substr(2);
    } else {
      return false;
    }
  }
  return true;
}

int check(const Tree& tree, std::string_view only) {
  int passed = 0;
  int failed = 0;
  for (const auto& rule : all_rules()) {
    if (!only.empty() && rule.name != only) continue;
    Complaints complaints;
    rule.check(tree, complaints);
    ++(complaints.empty() ? passed : failed);
    for (const auto& [path, line, text] : complaints) {
      const auto place = line == 0 ? path : fmt::format("{}:{}", path, line);
      fmt::print("{}: {}: {}\n", place, rule.name, text);
    }
  }
  fmt::print("{} files read\n{} passed, {} failed\n", tree.sources.size(), passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

int draw_into(const Tree& tree, const std::string& root, const std::string& file) {
  const auto* page = tree.find(file);
  if (page == nullptr) {
    fmt::print(stderr, "error: {}/{} cannot be read\n", root, file);
    return 66;
  }
  std::string text;
  bool inside = false;
  for (const auto& line : page->lines) {
    if (line == kDrawingEnd) inside = false;
    if (!inside) text += line + "\n";
    if (line == kDrawingBegin) {
      text += draw(tree.rooms);
      inside = true;
    }
  }
  std::ofstream(root + "/" + file) << text;
  return 0;
}

void list_long(const Tree& tree) {
  constexpr std::size_t kLong = 300;
  for (const auto& source : tree.sources) {
    const auto lines = source.lines.size();
    if (source.is_cpp() && lines > kLong) fmt::print("{} {}\n", lines, source.path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse({argv + 1, argv + argc}, options)) {
    fmt::print(stderr, "error: these options are not known\n{}", kHelp);
    return 64;
  }
  if (options.command == "help") {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (options.command == "list") {
    for (const auto& rule : all_rules()) fmt::print("{:16} {}\n", rule.name, rule.says);
    return 0;
  }
  const auto tree = load_tree(options.root);
  if (options.command == "draw-into") return draw_into(tree, options.root, options.file);
  if (options.command == "draw") {
    fmt::print("{}", draw(tree.rooms));
  } else if (options.command == "long") {
    list_long(tree);
  } else {
    return check(tree, options.rule);
  }
  return 0;
}
