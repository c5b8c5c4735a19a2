// The catalogue as documents, embedded at build time by cmake/EmbedCatalog.cmake.
#pragma once

#include <string_view>

namespace tickwitness::app {

std::string_view catalog_markdown();
std::string_view catalog_json();
std::string_view catalog_yaml();  // catalog/*.yaml as written, one after another

}  // namespace tickwitness::app
