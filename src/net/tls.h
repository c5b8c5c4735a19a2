// TLS contexts and what OpenSSL says, in words a user understands. Internal to net/.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tickwitness::net {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Client contexts by authority file: reading the system's hundred and more authorities takes tens
// of milliseconds, too long to repeat at every reconnect. Not thread-safe.
class TlsClientContexts {
 public:
  // `ca_file` empty: the system's authorities. Errors are not kept: the next call tries again.
  base::Result<TlsContext> get(const std::string& ca_file);

 private:
  std::map<std::string, TlsContext> contexts_;
};

// TLS 1.2 or later with the certificate chain and key of two PEM files.
base::Result<TlsContext> make_tls_server_context(const std::string& certificate_file,
                                                 const std::string& key_file);

// Sets SNI (for names) and the name or address that the certificate must carry. False when OpenSSL
// refuses the name.
bool expect_host(SSL* ssl, const std::string& host);

// Called for a failed step of verification: which certificate, what is wrong, what to do.
std::string describe_verify_failure(boost::asio::ssl::verify_context& context,
                                    std::string_view host);

}  // namespace tickwitness::net
