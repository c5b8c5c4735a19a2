# Builds web/ with npm and embeds it; see web/README.md.
# Without TW_PAGE the list of files is empty and npm is not needed.
set(page_web ${CMAKE_SOURCE_DIR}/web)
set(page_dir ${CMAKE_BINARY_DIR}/generated/serve)
configure_file(${page_web}/page.gen.h.in ${page_dir}/page.gen.h COPYONLY)

if(TW_PAGE)
  find_program(TW_NODE NAMES node nodejs)
  find_program(TW_NPM npm)
  if(NOT TW_NODE OR NOT TW_NPM)
    message(FATAL_ERROR
      "node and npm are needed to build the page: install npm, or configure with -DTW_PAGE=OFF")
  endif()
  file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${page_web}/src/*)
  list(FILTER page_sources EXCLUDE REGEX "\\.test\\.ts$")
  add_custom_command(
    OUTPUT ${page_dir}/page.gen.cc
    COMMAND ${TW_NODE} --max-old-space-size=128 ${page_web}/install.mjs
    COMMAND ${TW_NODE} --max-old-space-size=256 ${page_web}/build.mjs --out ${CMAKE_BINARY_DIR}/page
            --embed ${page_dir}
    DEPENDS ${page_sources} ${page_web}/build.mjs ${page_web}/embed.mjs ${page_web}/install.mjs
            ${page_web}/package.json ${page_web}/package-lock.json ${page_web}/.npmrc
            ${page_web}/tsconfig.json
    COMMENT "Building the page"
    VERBATIM)
else()
  file(CONFIGURE OUTPUT ${page_dir}/page.gen.cc CONTENT [[
#include "serve/page.gen.h"

namespace tickwitness::serve {

std::span<const PageFile> page_files() { return {}; }

}  // namespace tickwitness::serve
]])
endif()
set(TW_GENERATED_serve ${TW_GENERATED_serve} ${page_dir}/page.gen.cc)
