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

}  // namespace

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Catalog load(const fs::path& folder, Problems& problems) {
  Catalog catalog;
  read_labels(source_of(folder, "labels.yaml"), catalog, problems);
  read_instruments(source_of(folder, "instruments.yaml"), catalog, problems);
  std::vector<fs::path> dialects;
  for (const auto& file : fs::directory_iterator(folder / "dialects")) {
    if (file.path().extension() == ".yaml") dialects.push_back(file.path().filename());
  }
  std::sort(dialects.begin(), dialects.end());
  for (const auto& file : dialects) {
    read_dialect(source_of(folder, "dialects" / file), file.stem().string(), catalog, problems);
  }
  check(catalog, problems);
  return catalog;
}

}  // namespace tickwitness::catalog_gen
