#include "app/read_files.h"
#include "app/say.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tickwitness::app {
namespace {

// A configuration is a few kilobytes; what is larger is some other file.
constexpr std::uintmax_t kBytesMax = 4U << 20;

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return base::fail("is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(errno == ENOENT ? "no such file" : std::strerror(errno));
  if (std::filesystem::file_size(path, error) > kBytesMax && !error) {
    return base::fail("larger than 4 MiB: not a configuration file");
  }
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return base::fail("cannot be read to its end");
  return text;
}

config::Environment read_environment() {
  config::Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::optional<config::Loaded> load_or_complain(const std::string& path) {
  auto loaded = config::load(path, read_file, read_environment());
  if (!loaded) {
    for (const auto& problem : loaded.error()) say("{}\n", problem.str());
    return std::nullopt;
  }
  for (const auto& warning : loaded->warnings) {
    say("warning: {}\n", warning.str());
  }
  return std::move(*loaded);
}

}  // namespace tickwitness::app
