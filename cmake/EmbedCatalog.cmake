# Writes what `tickwitness catalog` prints as string constants.
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
file(WRITE ${OUT} "// Written by cmake/EmbedCatalog.cmake.
#include \"app/catalog_text.h\"

namespace tickwitness::app {

std::string_view catalog_markdown() {
  return R\"catalog(${markdown})catalog\";
}

std::string_view catalog_json() {
  return R\"catalog(${json})catalog\";
}

std::string_view catalog_yaml() {
  return R\"catalog(${yaml})catalog\";
}

}  // namespace tickwitness::app
")
