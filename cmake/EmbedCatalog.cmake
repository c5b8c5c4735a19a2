# Writes what `tickwitness catalog` prints as string constants, one for each line: compilers bound the
# length of one.
file(READ ${FROM}/metrics.md markdown)
file(READ ${FROM}/metrics.json json)
file(GLOB awaited ${YAML}/awaited/*.yaml)
file(GLOB dialects ${YAML}/dialects/*.yaml)
set(yaml "")
foreach(file IN ITEMS ${YAML}/capabilities.yaml ${YAML}/labels.yaml ${YAML}/instruments.yaml
        ${awaited} ${dialects})
  file(READ ${file} text)
  get_filename_component(name ${file} NAME_WE)
  string(APPEND yaml "# --- ${name}\n${text}\n")
endforeach()
foreach(name IN ITEMS markdown json yaml)
  string(REPLACE "\n" "\n)catalog\",\n    R\"catalog(" ${name} "${${name}}")
endforeach()
file(WRITE ${OUT} "// Written by cmake/EmbedCatalog.cmake.
#include \"app/catalog_text.h\"

namespace tickwitness::app {
namespace {

constexpr std::string_view kMarkdown[] = {
    R\"catalog(${markdown})catalog\"};
constexpr std::string_view kJson[] = {
    R\"catalog(${json})catalog\"};
constexpr std::string_view kYaml[] = {
    R\"catalog(${yaml})catalog\"};

}  // namespace

std::span<const std::string_view> catalog_markdown() {
  return kMarkdown;
}

std::span<const std::string_view> catalog_json() {
  return kJson;
}

std::span<const std::string_view> catalog_yaml() {
  return kYaml;
}

}  // namespace tickwitness::app
")
