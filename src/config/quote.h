// Other people's text inside our messages: short, on one line, unable to move the cursor.
#pragma once

#include <string>
#include <string_view>

namespace tickwitness::config {

// In double quotes; control characters and bytes that are not UTF-8 become '?', and what is longer
// than 60 bytes is cut.
std::string quote(std::string_view text);

}  // namespace tickwitness::config
