// gzip of answers (RFC 1952), fastest level: the metrics text shrinks tenfold even so.
#pragma once

#include <string>
#include <string_view>

namespace tickwitness::serve {

std::string compress_gzip(std::string_view plain);

}  // namespace tickwitness::serve
