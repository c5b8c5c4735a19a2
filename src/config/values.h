// One text ↔ one typed value of a field, and what is wrong with the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/fields.h"

namespace tickwitness::config {

// Writes the value into the settings. The error says what is wrong and what is right, without
// naming the field. Not for lists and maps. Paths are taken as they are.
base::Result<void> set_scalar(const Field& field, Settings& settings, std::string_view text);

// For fields that are lists: adds one item.
base::Result<void> add_item(const Field& field, Settings& settings, std::string_view text);

// A field that takes a list of words or addresses; one that takes a map.
bool is_list(const Field& field);
bool is_levels(const Field& field);

// Words of an enumeration or of `choices`; empty for other types.
std::vector<std::string_view> choices_of(const Field& field);

// As YAML: 30, 0.2, true, "wss://…", [a, b]; a secret is "[redacted]" or "".
std::string render(const Field& field, const Settings& settings);

// "true or false", "0.1 … 300 seconds", "`backpressure`, `drop_newest`"; for the documentation.
std::string describe_range(const Field& field);

base::Result<base::LogLevel> parse_level(std::string_view text);
base::Result<Address> parse_address(std::string_view text);
std::string_view to_string(base::LogLevel level);

// A string as a double-quoted YAML scalar.
std::string yaml_quoted(std::string_view text);

}  // namespace tickwitness::config
