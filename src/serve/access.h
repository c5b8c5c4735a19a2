// Who may ask: the token, and the names under which this machine may be asked when there is none.
// Pure.
#pragma once

#include "base/secret.h"
#include "net/http_message.h"

namespace tickwitness::serve {

// As "Authorization: Bearer <token>", or Basic with any user name and the token as password, which
// browsers remember for the page's event stream too. RFC 6750, RFC 7617.
bool has_token(const net::Request& request, const base::Secret& token);

// Without a token only this machine's own names are answered, and cross-site WebSockets are not:
// otherwise any page in the operator's browser could read what listens on loopback (DNS rebinding,
// cross-site WebSocket hijacking).
bool is_own_host(const net::Request& request);

}  // namespace tickwitness::serve
