// Answers made smaller: gzip (RFC 1952) and zstd (RFC 8878), both at their fastest. Even so the
// metrics text shrinks tenfold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tickwitness::serve {

enum class Coding : std::uint8_t { identity, gzip, zstd };

// The word of Content-Encoding.
std::string_view to_string(Coding coding);

// The one that the value of an Accept-Encoding header wants most (RFC 9110, 12.5.3); of equals zstd
// before gzip before identity. Nothing said, nothing understood: identity.
Coding preferred_coding(std::string_view accept_encoding);
// Whether it takes gzip at all: for what exists in that coding only.
bool accepts_gzip(std::string_view accept_encoding);

std::string compress(Coding coding, std::string_view plain);

}  // namespace tickwitness::serve
