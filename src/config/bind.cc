// The tree of a file → fields.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "config/loading.h"
#include "config/nearest.h"
#include "config/quote.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

const Field* find_field(std::string_view path, File file) {
  for (const Field& field : fields())
    if (field.file == file && field.path == path) return &field;
  return nullptr;
}

bool is_section(std::string_view path, File file) {
  return std::ranges::any_of(fields(), [&](const Field& field) {
    return field.file == file && field.path.size() > path.size() && field.path.starts_with(path) &&
           field.path[path.size()] == '.';
  });
}

// The keys that a section may have: the next word of each path below it.
std::vector<std::string_view> keys_of(std::string_view section, File file) {
  std::vector<std::string_view> keys;
  for (const Field& field : fields()) {
    if (field.file != file || !field.path.starts_with(section)) continue;
    if (std::holds_alternative<base::Secret*>(type_of(field))) continue;  // never in a file
    std::string_view rest = field.path.substr(section.size());
    if (!section.empty() && !rest.starts_with('.')) continue;
    if (!section.empty()) rest.remove_prefix(1);
    const std::string_view key = rest.substr(0, rest.find('.'));
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

std::string_view last_word(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

class Binding {
 public:
  Binding(Loading& loading, const std::string& path, File file)
      : loading_(loading), path_(path), file_(file) {}

  void section(const std::string& prefix, const TreeNode& node) {
    if (node.kind == TreeNode::Kind::null) return;  // everything in it commented out
    if (node.kind != TreeNode::Kind::map) {
      problem(node.place,
              prefix.empty()
                  ? "a configuration is a map of settings, as listen: 127.0.0.1:8000 (with a space "
                    "behind the first ':')"
                  : prefix + " must be a map of settings; indent them below it");
      return;
    }
    for (const TreeNode::Entry& entry : node.entries) {
      const std::string path = prefix.empty() ? entry.key : prefix + "." + entry.key;
      if (const Field* field = find_field(path, file_))
        bind(*field, entry);
      else if (is_section(path, file_))
        section(path, entry.value);
      else
        problem(entry.place, unknown_key(entry.key, prefix, file_));
    }
  }

 private:
  void problem(Place place, std::string text) { loading_.problem(path_, place, std::move(text)); }

  void bind(const Field& field, const TreeNode::Entry& entry) {
    Settings& settings = loading_.out.settings;
    const Ref ref = field.ref(settings);
    if (std::holds_alternative<std::vector<StreamSettings>*>(ref)) {
      if (file_ == File::main) bind_stream_list(loading_, path_, field, entry);
      return;  // in a file of its own: bind_streams()
    }
    if (std::holds_alternative<base::Secret*>(ref)) {
      problem(entry.place,
              fmt::format("{} is a secret and is not taken from a configuration file; use {}_file "
                          "or the variable {}",
                          field.path, field.path, variable(field)));
      return;
    }
    loading_.sources[field.path] = {path_, entry.value.place, std::string(field.path)};
    if (entry.value.kind == TreeNode::Kind::null)
      problem(entry.place,
              fmt::format("{} has no value; write one or remove the line", field.path));
    else if (is_levels(field))
      bind_levels(field, entry.value);
    else if (is_list(field))
      bind_list(field, entry.value);
    else if (entry.value.kind != TreeNode::Kind::scalar)
      problem(entry.value.place,
              fmt::format("{} takes one value, not a {}", field.path, kind_name(entry.value)));
    else
      bind_scalar(field, entry.value);
  }

  static std::string_view kind_name(const TreeNode& node) {
    return node.kind == TreeNode::Kind::list ? "list" : "map";
  }

  void bind_scalar(const Field& field, const TreeNode& value) {
    Settings& settings = loading_.out.settings;
    if (const auto set = set_scalar(field, settings, value.text); !set) {
      problem(value.place, fmt::format("{}: {}", field.path, set.error().message));
      return;
    }
    if (field.text != Text::path && field.text != Text::directory && field.text != Text::file &&
        field.text != Text::database)
      return;
    std::string& path = *std::get<std::string*>(field.ref(settings));
    if (!path.empty() && !Store::names_server(path)) path = beside(path_, path);
  }

  void bind_list(const Field& field, const TreeNode& value) {
    // One value without brackets is a list of one.
    const std::vector<TreeNode> one = {value};
    if (value.kind == TreeNode::Kind::map) {
      problem(value.place, fmt::format("{} takes a list, not a map", field.path));
      return;
    }
    Settings& settings = loading_.out.settings;
    std::visit(
        [](auto* list) {
          if constexpr (requires { list->clear(); }) list->clear();
        },
        field.ref(settings));
    for (const TreeNode& item : value.kind == TreeNode::Kind::list ? value.items : one) {
      if (item.kind != TreeNode::Kind::scalar)
        problem(item.place, fmt::format("{}: an item must be one value", field.path));
      else if (const auto added = add_item(field, settings, item.text); !added)
        problem(item.place, fmt::format("{}: {}", field.path, added.error().message));
    }
  }

  void bind_levels(const Field& field, const TreeNode& value) {
    if (value.kind != TreeNode::Kind::map) {
      problem(value.place, fmt::format("{} takes a map, as feed: debug", field.path));
      return;
    }
    auto& levels = loading_.out.settings.log.levels.rooms;
    levels.clear();
    for (const TreeNode::Entry& entry : value.entries) {
      if (std::ranges::find(rooms(), entry.key) == rooms().end()) {
        const auto meant = nearest(entry.key, {rooms().begin(), rooms().end()});
        problem(
            entry.place,
            fmt::format("{}: unknown room {}{}", field.path, quote(entry.key),
                        meant.empty() ? fmt::format("; the rooms are {}", fmt::join(rooms(), ", "))
                                      : fmt::format("; did you mean {}?", quote(meant))));
        continue;
      }
      const auto level = entry.value.kind == TreeNode::Kind::scalar
                             ? parse_level(entry.value.text)
                             : base::Result<base::LogLevel>(base::fail("needs one level"));
      if (level)
        levels[entry.key] = *level;
      else
        problem(entry.value.place,
                fmt::format("{}.{}: {}", field.path, entry.key, level.error().message));
    }
  }

  Loading& loading_;
  const std::string& path_;
  const File file_;
};

}  // namespace

std::string unknown_key(std::string_view key, std::string_view section, File file) {
  std::string text = fmt::format("unknown key {}", quote(key));
  if (!section.empty()) text += fmt::format(" in {}", section);
  if (key == "<<") return text + "; merge keys are not read, write the settings out";
  const std::vector<std::string_view> keys = keys_of(section, file);
  if (const auto meant = nearest(key, keys); !meant.empty())
    return text + fmt::format("; did you mean {}?", quote(meant));
  // The right word in the wrong place, or in the wrong file.
  for (const Field& field : fields()) {
    const std::string_view first = field.path.substr(0, field.path.find('.'));
    if (field.file != file && first == key)
      return text + fmt::format("; it belongs in the file that exchanges.kraken.{} names",
                                field.file == File::streams   ? "streams_file"
                                : field.file == File::breaker ? "circuit_breaker_file"
                                                              : "");
    if (field.file == file && last_word(field.path) == key)
      return text + fmt::format("; did you mean {}?", field.path);
  }
  return text + fmt::format("; known here: {}", fmt::join(keys, ", "));
}

std::string beside(const std::string& file, std::string_view path) {
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

void bind_fields(Loading& loading, const std::string& path, const TreeNode& tree, File file) {
  Binding(loading, path, file).section("", tree);
}

}  // namespace tickwitness::config
