#include "config/tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/utf8.h"
#include "config/quote.h"

namespace tickwitness::config {
namespace {

// Thrown through yaml-cpp, which has no other way to be stopped.
struct Stop {
  TreeProblem problem;
};

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

std::size_t nodes_in(const TreeNode& node) {
  std::size_t count = 1;
  for (const TreeNode& item : node.items) count += nodes_in(item);
  for (const auto& entry : node.entries) count += 1 + nodes_in(entry.value);
  return count;
}

std::size_t depth_of(const TreeNode& node) {
  std::size_t deepest = 0;
  for (const TreeNode& item : node.items) deepest = std::max(deepest, depth_of(item));
  for (const auto& entry : node.entries) deepest = std::max(deepest, depth_of(entry.value));
  return deepest + 1;
}

class Builder final : public YAML::EventHandler {
 public:
  TreeNode root;
  std::vector<TreeProblem> duplicates;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.kind = TreeNode::Kind::null,
         .text = {},
         .place = place_of(mark),
         .items = {},
         .entries = {}},
        anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    add({.kind = TreeNode::Kind::scalar,
         .text = value,
         .place = place_of(mark),
         .items = {},
         .entries = {}},
        anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Stop{{place_of(mark), "this alias stands inside what it refers to"}};
    charge(mark, nodes_in(found->second));
    if (open_.size() + depth_of(found->second) > kDepthMax) throw Stop{too_deep(place_of(mark))};
    attach(TreeNode(found->second));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, TreeNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, TreeNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    TreeNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // a map whose last entry waits for its value
  };

  static TreeProblem too_deep(Place place) {
    return {place, fmt::format("nested more than {} levels deep", kDepthMax)};
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Stop{{place_of(mark),
                  fmt::format("tags ({}) are not read; write the plain value", quote(tag))}};
  }
  void charge(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kNodesMax)
      throw Stop{{place_of(mark), fmt::format("more than {} values, aliases included: this is no "
                                              "configuration",
                                              kNodesMax)}};
  }
  void add(TreeNode node, YAML::anchor_t anchor) {
    YAML::Mark mark;
    mark.line = node.place.line - 1;
    mark.column = node.place.column - 1;
    charge(mark, 1);
    if (anchor != 0) anchors_[anchor] = node;
    attach(std::move(node));
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            TreeNode::Kind kind) {
    refuse_tag(mark, tag);
    charge(mark, 1);
    if (open_.size() == kDepthMax) throw Stop{too_deep(place_of(mark))};
    TreeNode node;
    node.kind = kind;
    node.place = place_of(mark);
    open_.push_back({std::move(node), anchor, false});
  }
  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.node;
    attach(std::move(done.node));
  }
  void attach(TreeNode node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == TreeNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.has_key) {
      parent.node.entries.back().value = std::move(node);
      parent.has_key = false;
    } else {
      attach_key(parent, std::move(node));
    }
  }
  void attach_key(Open& parent, TreeNode key) {
    if (key.kind != TreeNode::Kind::scalar)
      throw Stop{{key.place, "a key must be a word, not a list, a map or nothing"}};
    const auto same = std::ranges::find(parent.node.entries, key.text, &TreeNode::Entry::key);
    if (same != parent.node.entries.end())
      duplicates.push_back({key.place, fmt::format("duplicate key {}; the first one is on line {}",
                                                   quote(key.text), same->place.line)});
    parent.node.entries.push_back({std::move(key.text), key.place, TreeNode{}});
    parent.node.entries.back().value.place = key.place;
    parent.has_key = true;
  }

  std::vector<Open> open_;
  std::map<YAML::anchor_t, TreeNode> anchors_;
  std::size_t nodes_ = 0;
};

// yaml-cpp replaces what it cannot decode; a configuration that was damaged must not load.
std::vector<TreeProblem> check_bytes(std::string_view text) {
  if (text.size() > kFileBytesMax)
    return {{{},
             fmt::format("{} bytes long; a configuration file may have {}", text.size(),
                         kFileBytesMax)}};
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return {{{1, 1}, "UTF-16; save the file as UTF-8"}};
  Place place{1, 1};
  bool indent = true;
  bool tab = false;
  for (std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0; at < text.size();) {
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.bytes == 0)
      return {{place, fmt::format("byte 0x{:02x} is not UTF-8; save the file as UTF-8",
                                  static_cast<unsigned>(static_cast<unsigned char>(text[at])))}};
    at += c.bytes;
    if (c.value == '\n') {
      place = {place.line + 1, 1};
      indent = true;
      tab = false;
      continue;
    }
    if (c.value != '\r' && c.value != '\t' && base::is_deceptive(c.value))
      return {{place, fmt::format("control character U+{:04X}; remove it", c.value)}};
    tab = tab || (indent && c.value == '\t');
    if (indent && tab && c.value != '\t' && c.value != ' ' && c.value != '#' && c.value != '\r')
      return {{{place.line, 1}, "a tab in the indentation; YAML indents with spaces only"}};
    indent = indent && (c.value == ' ' || c.value == '\t');
    ++place.column;
  }
  return {};
}

// The parser's words for the mistakes that people make, in words that say what to do.
std::string explain(const std::string& said) {
  static constexpr std::pair<std::string_view, std::string_view> kExplained[] = {
      {"illegal map value",
       "a ':' where no value can begin; indent with equal steps, and quote "
       "text that contains ': '"},
      {"end of map not found",
       "this line does not belong to the map above it; check its "
       "indentation, and that each key ends in ':'"},
      {"end of sequence not found",
       "this line does not belong to the list above it; check its "
       "indentation, and that each item begins with '- '"},
      {"end of sequence flow not found", "a list that begins with '[' has no ']'"},
      {"end of map flow not found", "a map that begins with '{' has no '}'"},
      {"unknown token", "a character that cannot begin a value; put the value in quotes"},
      {"illegal EOF in scalar", "the file ends inside a quoted text"},
  };
  for (const auto& [word, explained] : kExplained)
    if (said == word) return std::string(explained);
  return "not YAML: " + quote(said);
}

}  // namespace

std::expected<TreeNode, std::vector<TreeProblem>> parse_tree(std::string_view text) {
  if (auto problems = check_bytes(text); !problems.empty())
    return std::unexpected(std::move(problems));
  // yaml-cpp takes a quoted text that the end of the file cuts off, but only when a newline stands
  // before that end: a file that was truncated must not load.
  while (!text.empty() && std::string_view(" \t\r\n").contains(text.back())) text.remove_suffix(1);
  Builder builder;
  Builder second;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder) && parser.HandleNextDocument(second))
      return std::unexpected(std::vector<TreeProblem>{
          {second.root.place, "a second document ('---'); one file holds one document"}});
  } catch (const Stop& stop) {
    return std::unexpected(std::vector{stop.problem});
  } catch (const YAML::Exception& error) {
    return std::unexpected(std::vector<TreeProblem>{{place_of(error.mark), explain(error.msg)}});
  }
  if (!builder.duplicates.empty()) return std::unexpected(std::move(builder.duplicates));
  return std::move(builder.root);
}

}  // namespace tickwitness::config
