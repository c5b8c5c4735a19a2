#include "config/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/fields.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

// Opens the sections of `path` that are not open yet; returns the indentation of its last word.
std::string open_sections(std::string& out, std::string_view path, std::string& open) {
  std::string indent;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = path.find('.', begin)) != path.npos; begin = dot + 1) {
    const std::string section = std::string(path.substr(0, dot)) + ".";
    if (!open.starts_with(section)) {
      out += fmt::format("{}{}:\n", indent, path.substr(begin, dot - begin));
      open = section;
    }
    indent += "  ";
  }
  open = path.substr(0, begin);
  return indent;
}

void print_fields(std::string& out, const Settings& settings, File file) {
  std::string open;
  for (const Field& field : fields()) {
    if (field.file != file) continue;
    const std::string indent = open_sections(out, field.path, open);
    const std::string_view word = field.path.substr(field.path.rfind('.') + 1);
    const bool secret = std::holds_alternative<base::Secret*>(type_of(field));
    // A secret is a comment: the file would not be accepted with it.
    out += fmt::format("{}{}{}: {}\n", indent, secret ? "# " : "", word, render(field, settings));
  }
}

}  // namespace

std::string print(const Settings& settings) {
  std::string out = "# The settings in force, defaults and environment included.\n";
  print_fields(out, settings, File::main);
  out += "---\n# exchanges.kraken.streams_file\nstreams:\n";
  for (const StreamSettings& stream : settings.kraken.streams) {
    out += fmt::format("  - name: {}\n    pairs: [{}]\n", to_string(stream.name),
                       fmt::join(stream.pairs, ", "));
    if (!stream.intervals.empty())
      out += fmt::format("    intervals: [{}]\n", fmt::join(stream.intervals, ", "));
  }
  out += "---\n# exchanges.kraken.circuit_breaker_file\n";
  print_fields(out, settings, File::breaker);
  return out;
}

}  // namespace tickwitness::config
