// catalog_gen CATALOG_DIR OUTPUT_DIR: reads catalog/, says all that is wrong with it, or writes the
// generated code and documents. Files whose content stays the same are left alone, so nothing is
// rebuilt for nothing.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catalog_gen/model.h"

namespace fs = std::filesystem;
using namespace tickwitness::catalog_gen;

namespace {

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Source source_of(const fs::path& catalog, const fs::path& relative) {
  return {"catalog/" + relative.generic_string(), slurp(catalog / relative)};
}

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
  Catalog catalog;
  Problems problems;
  read_labels(source_of(catalog_dir, "labels.yaml"), catalog, problems);
  read_instruments(source_of(catalog_dir, "instruments.yaml"), catalog, problems);
  std::vector<fs::path> dialects;
  for (const auto& file : fs::directory_iterator(catalog_dir / "dialects")) {
    if (file.path().extension() == ".yaml") dialects.push_back(file.path().filename());
  }
  std::sort(dialects.begin(), dialects.end());
  for (const auto& file : dialects) {
    read_dialect(source_of(catalog_dir, "dialects" / file), file.stem().string(), catalog,
                 problems);
  }
  check(catalog, problems);
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
