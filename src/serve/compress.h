// gzip of answers (RFC 1952), fastest level: the metrics text shrinks tenfold even so.
#pragma once

#include <string>
#include <string_view>

namespace tickwitness::serve {

std::string compress_gzip(std::string_view plain);

// Whether the value of an Accept-Encoding header allows it (RFC 9110, 12.5.3); nothing said: no.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace tickwitness::serve
