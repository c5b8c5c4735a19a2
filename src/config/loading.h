// What the steps of load() share: the settings so far, what is wrong with them, and where each
// value came from. Used inside config/ only.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "config/load.h"
#include "config/tree.h"

namespace tickwitness::config {

// Each pair is a value of the label `symbol`, which may have 400 (catalog/labels.yaml).
inline constexpr std::size_t kPairsMax = 390;

struct Source {
  std::string file;  // "environment" for variables
  Place place;
  std::string name;  // what the user wrote: the key, or the variable
};

struct Loading {
  const Reader& reader;
  Loaded out;
  std::vector<Problem> problems;
  std::map<std::string_view, Source> sources;  // of the fields that were set, by path
  std::string main_file;

  void problem(const std::string& file, Place place, std::string text) {
    problems.push_back({file, place.line, place.column, std::move(text)});
  }
  // At the place where the field was set; for a default, at the file that could have set it.
  void problem(std::string_view path, std::string text);
  void warning(std::string_view path, std::string text);
  Source source_of(std::string_view path) const;
};

// Reads and parses one file. `named_by` is the field that named it, empty for the main file.
// Nothing when it cannot be used; the problem is noted.
std::optional<TreeNode> read_tree(Loading& loading, const std::string& path,
                                  std::string_view named_by);

// Takes every field of `file` from the tree; all other keys are problems.
void bind_fields(Loading& loading, const std::string& path, const TreeNode& tree, File file);

// Kraken's file, in the shape of seed 000: streams: [{name, pairs, intervals}].
void bind_streams(Loading& loading, const std::string& path, const TreeNode& tree);
// The list itself, as the value of `field`.
void bind_stream_list(Loading& loading, const std::string& path, const Field& field,
                      const TreeNode::Entry& entry);

// Variables of the fields of `file`.
void bind_environment(Loading& loading, const Environment& environment, File file);
// Variables that begin with TICKWITNESS_ and are none, and those that existing set-ups carry.
void check_environment(Loading& loading, const Environment& environment);

// What no field can know alone. Reads the files that must be readable.
void check_files(Loading& loading);
void check_settings(Loading& loading);

// "config/a.yaml" and "b.yaml" → "config/b.yaml"; absolute paths stay.
std::string beside(const std::string& file, std::string_view path);

// The problem of a key that is not known.
std::string unknown_key(std::string_view key, std::string_view section, File file);

}  // namespace tickwitness::config
