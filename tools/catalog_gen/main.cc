// catalog_gen CATALOG_DIR OUTPUT_DIR: reads catalog/, says all that is wrong with it, or writes the
// generated code and documents. Files whose content stays the same are left alone, so nothing is
// rebuilt for nothing.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "catalog_gen/model.h"

namespace fs = std::filesystem;
using namespace tickwitness::catalog_gen;

namespace {

bool write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && slurp(path) == text) return true;
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) fmt::print(stderr, "catalog_gen: cannot write {}\n", path.string());
  return static_cast<bool>(out);
}

int run(const fs::path& catalog_dir, const fs::path& output) {
  Problems problems;
  const Catalog catalog = load(catalog_dir, problems);
  for (const auto& problem : problems.all()) fmt::print(stderr, "{}\n", problem);
  if (!problems.all().empty()) return 1;
  const bool written = write(output / "telemetry/catalog.gen.h", emit_header(catalog)) &&
                       write(output / "telemetry/catalog.gen.cc", emit_source(catalog)) &&
                       write(output / "catalog/metrics.md", emit_markdown(catalog)) &&
                       write(output / "catalog/metrics.json", emit_json(catalog)) &&
                       write(output / "catalog/metrics.txt", emit_golden(catalog));
  return written ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: catalog_gen CATALOG_DIR OUTPUT_DIR\n");
    return 64;
  }
  try {
    return run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "catalog_gen: {}\n", error.what());
    return 1;
  }
}
