// docs/configuration.md, made from the table of fields.
#pragma once

#include <string>

namespace tickwitness::config {

std::string reference();

}  // namespace tickwitness::config
