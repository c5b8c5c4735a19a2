#include <algorithm>
#include <fstream>
#include <iterator>

#include "catalog_gen/model.h"

namespace fs = std::filesystem;

namespace tickwitness::catalog_gen {
namespace {

Source source_of(const fs::path& folder, const fs::path& relative) {
  return {"catalog/" + relative.generic_string(), slurp(folder / relative)};
}

// By name, so that the order is the same everywhere.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> names;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == ".yaml") names.push_back(file.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Catalog load(const fs::path& folder, Problems& problems) {
  Catalog catalog;
  read_labels(source_of(folder, "labels.yaml"), catalog, problems);
  read_capabilities(source_of(folder, "capabilities.yaml"), catalog, problems);
  read_instruments(source_of(folder, "instruments.yaml"), catalog, problems);
  for (const auto& file : files_in(folder / "awaited")) {
    read_instruments(source_of(folder, "awaited" / file), catalog, problems);
  }
  for (const auto& file : files_in(folder / "dialects")) {
    read_dialect(source_of(folder, "dialects" / file), file.stem().string(), catalog, problems);
  }
  check(catalog, problems);
  return catalog;
}

}  // namespace tickwitness::catalog_gen
