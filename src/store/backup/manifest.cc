#include "store/backup/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/rfc3339.h"
#include "runtime/disk.h"

namespace tickwitness::store::backup {
namespace {

using base::fail;
using base::Result;

constexpr std::string_view kFirst = "# tickwitness backup ";
constexpr std::string_view kMade = "# made ";
constexpr std::string_view kProgram = "# by ";
constexpr std::string_view kCursor = "# cursor ";
constexpr std::string_view kEnd = "# end ";
constexpr std::size_t kSumDigits = 64;

// Takes the next line without its end; nothing where there is no whole one.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::string_view> take(std::string_view& text, std::string_view prefix) {
  const std::string_view before = text;
  const auto line = take_line(text);
  if (line && line->starts_with(prefix)) return line->substr(prefix.size());
  text = before;
  return std::nullopt;
}

std::optional<std::uint64_t> number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Cursor> cursor_of(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto spool = number(text.substr(0, space), 16);
  const auto lsn = number(text.substr(space + 1));
  if (!spool || !lsn) return std::nullopt;
  return Cursor{.spool = *spool, .lsn = *lsn};
}

// As sha256sum(1) writes it.
std::optional<FileSum> sum_of(std::string_view line) {
  if (line.size() <= kSumDigits + 2 || line.substr(kSumDigits, 2) != "  ") return std::nullopt;
  FileSum file{.name = std::string(line.substr(kSumDigits + 2)),
               .sha256 = std::string(line.substr(0, kSumDigits))};
  const bool digits = file.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!digits || !runtime::valid_file_name(file.name) || file.name == kManifest)
    return std::nullopt;
  return file;
}

bool take_head(std::string_view& text, Manifest& manifest) {
  const auto made = take(text, kMade);
  const auto time = made ? base::parse_rfc3339(*made) : std::nullopt;
  const auto program = take(text, kProgram);
  const auto cursor = take(text, kCursor);
  const auto place = cursor ? cursor_of(*cursor) : std::nullopt;
  if (!time || !program || !place) return false;
  manifest.made = *time;
  manifest.program = *program;
  manifest.cursor = *place;
  return true;
}

}  // namespace

std::string format_manifest(const Manifest& manifest) {
  std::string text = fmt::format("{}{}\n{}{}\n{}{}\n{}{:016x} {}\n", kFirst, kFormatVersion, kMade,
                                 base::format_rfc3339(manifest.made, 9), kProgram, manifest.program,
                                 kCursor, manifest.cursor.spool, manifest.cursor.lsn);
  for (const auto& file : manifest.files) text += fmt::format("{}  {}\n", file.sha256, file.name);
  return text + fmt::format("{}{}\n", kEnd, manifest.files.size());
}

Result<Manifest> parse_manifest(std::string_view text) {
  const std::string_view whole = text;
  const auto version = take(text, kFirst);
  const auto format = version ? number(*version) : std::nullopt;
  if (!format) return fail("is no manifest of a tickwitness backup");
  if (*format > kFormatVersion)
    return fail(
        fmt::format("is of a later tickwitness: format {}, this one knows {}; install the "
                    "later one",
                    *format, kFormatVersion));
  Manifest manifest;
  const auto damaged = [] { return fail("is damaged or not whole; take another backup"); };
  if (*format == 0 || !take_head(text, manifest)) return damaged();
  for (;;) {
    if (const auto end = take(text, kEnd)) {
      if (!text.empty() || number(*end) != manifest.files.size()) return damaged();
      // Whatever else a flipped bit makes of a letter or a digit.
      if (format_manifest(manifest) != whole) return damaged();
      return manifest;
    }
    const auto line = take_line(text);
    auto file = line ? sum_of(*line) : std::nullopt;
    if (!file ||
        std::ranges::find(manifest.files, file->name, &FileSum::name) != manifest.files.end())
      return damaged();
    manifest.files.push_back(std::move(*file));
  }
}

}  // namespace tickwitness::store::backup
