// The catalogue as documents, line by line, embedded at build time by cmake/EmbedCatalog.cmake.
#pragma once

#include <span>
#include <string_view>

namespace tickwitness::app {

std::span<const std::string_view> catalog_markdown();
std::span<const std::string_view> catalog_json();
std::span<const std::string_view> catalog_yaml();  // catalog/*.yaml as written, one after another

}  // namespace tickwitness::app
