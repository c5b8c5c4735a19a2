#include "net/tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>

namespace tickwitness::net {
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
namespace {

constexpr auto kOptions = ssl::context::default_workarounds | ssl::context::no_sslv2 |
                          ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                          ssl::context::no_tlsv1_1 | ssl::context::no_compression;

TlsContext make_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  context->set_options(kOptions);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  // Idle connections give their 32 KiB of buffers back.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

bool readable(const std::string& file) {
  return std::ifstream(file).good();
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> out{};
  return inet_pton(AF_INET, host.c_str(), out.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), out.data()) == 1;
}

std::string one_line(const X509_NAME* name) {
  std::array<char, 256> text{};
  X509_NAME_oneline(name, text.data(), static_cast<int>(text.size()));
  return text.data();
}

std::string time_text(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min);
}

// The DNS names and addresses of the certificate, at most three.
std::string names_of(X509* certificate) {
  std::string names;
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  const int count = list == nullptr ? 0 : sk_GENERAL_NAME_num(list);
  for (int i = 0; i < count && i < 3; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (!names.empty()) names += ", ";
    if (name->type == GEN_DNS) {
      names.append(
          std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                           static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))));
    } else {
      names += "an address";
    }
  }
  if (list != nullptr) GENERAL_NAMES_free(list);
  if (count > 3) names += ", …";
  if (!names.empty()) return names;
  return fmt::format("{}, which names no host", one_line(X509_get_subject_name(certificate)));
}

}  // namespace

base::Result<TlsContext> TlsClientContexts::get(const std::string& ca_file) {
  const auto known = contexts_.find(ca_file);
  if (known != contexts_.end()) return known->second;
  TlsContext context = make_context(ssl::context::tls_client);
  context->set_verify_mode(ssl::verify_peer);
  error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
    if (error) {
      return base::fail(
          fmt::format("cannot read the system's certificate authorities: {}; install "
                      "ca-certificates or set ca_file",
                      error.message()));
    }
  } else {
    context->load_verify_file(ca_file, error);
    if (error) {
      return base::fail(fmt::format(
          "cannot read certificate authorities from {}: {}", ca_file,
          readable(ca_file) ? "no PEM certificate in it" : "no such file, or not readable"));
    }
  }
  return contexts_.emplace(ca_file, std::move(context)).first->second;
}

base::Result<TlsContext> make_tls_server_context(const std::string& certificate_file,
                                                 const std::string& key_file) {
  const std::pair<std::string_view, const std::string&> files[] = {
      {"certificate", certificate_file}, {"key", key_file}};
  for (const auto& [what, file] : files) {
    if (file.empty()) return base::fail(fmt::format("TLS needs a {} file; none is given", what));
    if (!readable(file)) {
      return base::fail(fmt::format(
          "cannot read TLS {} {}: no such file, or not readable by this user", what, file));
    }
  }
  TlsContext context = make_context(ssl::context::tls_server);
  error_code error;
  ERR_clear_error();
  context->use_certificate_chain_file(certificate_file, error);
  if (error) {
    return base::fail(fmt::format("TLS certificate {} is not a PEM certificate chain ({})",
                                  certificate_file, error.message()));
  }
  // An encrypted key would ask for its passphrase on the terminal.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; },
                                 error);
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) {
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    if (reason == X509_R_KEY_VALUES_MISMATCH) {
      return base::fail(
          fmt::format("TLS key {} does not belong to certificate {}", key_file, certificate_file));
    }
    return base::fail(fmt::format("TLS key {} is not an unencrypted PEM private key ({})", key_file,
                                  error.message()));
  }
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return base::fail(
        fmt::format("TLS key {} does not belong to certificate {}", key_file, certificate_file));
  }
  return context;
}

bool expect_host(SSL* handle, const std::string& host) {
  if (is_address(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str()) == 1;
  }
  // RFC 9525: only alternative names count, not the subject.
  SSL_set_hostflags(handle,
                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // SSL_set_tlsext_host_name() without the macro's C cast.
  return SSL_ctrl(handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1 &&
         SSL_set1_host(handle, host.c_str()) == 1;
}

std::string describe_verify_failure(ssl::verify_context& context, std::string_view host) {
  X509_STORE_CTX* store = context.native_handle();
  const int error = X509_STORE_CTX_get_error(store);
  X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (certificate == nullptr) return X509_verify_cert_error_string(error);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("the certificate of {} expired on {}", host,
                         time_text(X509_get0_notAfter(certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format(
          "the certificate of {} is valid from {} on; is this machine's clock right?", host,
          time_text(X509_get0_notBefore(certificate)));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("the certificate is for {}, not for {}", names_of(certificate), host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format(
          "the certificate of {} is self-signed and not among the trusted authorities; trust it "
          "with ca_file",
          host);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format(
          "the certificate of {} was issued by {}, which is not among the trusted authorities; "
          "install ca-certificates or set ca_file",
          host, one_line(X509_get_issuer_name(certificate)));
    default:
      return fmt::format("the certificate of {} is not accepted: {}", host,
                         X509_verify_cert_error_string(error));
  }
}

}  // namespace tickwitness::net
