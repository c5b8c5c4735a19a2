// Certificates for the tests of TLS, made with OpenSSL when the test runs.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace tickwitness::net::testing {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Identity {
  std::unique_ptr<EVP_PKEY, Free> key;
  std::unique_ptr<X509, Free> certificate;
};

struct CertificateRequest {
  std::string common_name;
  std::string alternative_names;  // "DNS:localhost,IP:127.0.0.1"
  int days_from = -1;             // relative to now
  int days_to = 2;
  bool authority = false;
};

inline void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// `issuer` null: self-signed.
inline Identity make_identity(const CertificateRequest& request, const Identity* issuer) {
  static long serial = 1;
  Identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 86400L * request.days_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * request.days_to);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(request.common_name.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(certificate,
                       issuer ? X509_get_subject_name(issuer->certificate.get()) : name);
  if (request.authority) add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  if (!request.alternative_names.empty()) {
    add_extension(certificate, NID_subject_alt_name, request.alternative_names);
  }
  X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

// A directory of PEM files that goes with the object.
class PemDirectory {
 public:
  PemDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tw-tls-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~PemDirectory() { std::filesystem::remove_all(directory_); }
  PemDirectory(const PemDirectory&) = delete;
  PemDirectory& operator=(const PemDirectory&) = delete;

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  // NAME.pem and NAME.key.
  void write(const std::string& name, const Identity& identity) const {
    FILE* file = std::fopen(path(name + ".pem").c_str(), "w");
    PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
    file = std::fopen(path(name + ".key").c_str(), "w");
    PEM_write_PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  void write_text(const std::string& name, const std::string& text) const {
    FILE* file = std::fopen(path(name).c_str(), "w");
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace tickwitness::net::testing
