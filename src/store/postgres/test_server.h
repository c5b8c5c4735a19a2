// A PostgreSQL of the tests' own: in a temporary directory, on a free port of loopback, as a user
// without privileges, gone with the program that started it.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/temporary_dir.h"

namespace tickwitness::store::postgres::test {

using Rows = std::vector<std::string>;

// Of a superuser, over the server's socket in the file system. What psql -At would print.
inline Rows query(const std::string& connection, const std::string& sql) {
  PGconn* const handle = PQconnectdb(connection.c_str());
  PGresult* const result = PQexec(handle, sql.c_str());
  Rows rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    std::string line;
    for (int column = 0; column < PQnfields(result); ++column) {
      const bool null = PQgetisnull(result, row, column) != 0;
      line +=
          (column > 0 ? "|" : "") + std::string(null ? "NULL" : PQgetvalue(result, row, column));
    }
    rows.push_back(line);
  }
  const auto status = PQresultStatus(result);
  const std::string error = PQerrorMessage(handle);
  PQclear(result);
  PQfinish(handle);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(error);
  return rows;
}

class TestServer {
 public:
  // fsync: off for the tests, which end no machine; on to measure.
  explicit TestServer(bool fsync = false) : fsync_(fsync) {
    if (::getuid() == 0) {
      const passwd* const user = ::getpwnam("postgres");
      if (user == nullptr) throw std::runtime_error("there is no user postgres");
      user_ = user->pw_uid;
      group_ = user->pw_gid;
      if (::chown(directory().c_str(), user_, group_) != 0) throw std::runtime_error("chown");
    }
    run({binary("initdb"), "-D", data(), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync",
         "--auth-local=trust", "--auth-host=scram-sha-256"});
    make_certificates();
    port_ = free_port();
    start();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() { stop(SIGQUIT); }

  // "host=<socket> port=… user=postgres dbname=…": trusted.
  std::string trusted(const std::string& database) const {
    return "host=" + directory() + " port=" + port() + " user=postgres dbname=" + database;
  }
  std::string port() const { return std::to_string(port_); }
  int port_number() const { return port_; }
  // Of the authority that signed the server's certificate (for localhost), and of another one.
  std::string authority() const { return directory() + "/ca.crt"; }
  std::string other_authority() const { return directory() + "/other.crt"; }
  std::string directory() const { return directory_.path(); }

  // A new database; its name.
  std::string make_database() {
    std::string name = "test" + std::to_string(++databases_);
    query(trusted("postgres"), "CREATE DATABASE " + name);
    return name;
  }

  // Again while what was killed is not gone altogether, which the new one notices.
  void start() {
    const auto connection = trusted("postgres");
    spawn_server();
    for (int i = 0; PQping(connection.c_str()) != PQPING_OK; ++i) {
      if (i == 1000) throw std::runtime_error("PostgreSQL does not start: " + log());
      ::poll(nullptr, 0, 20);
      if (::waitpid(pid_, nullptr, WNOHANG) != 0) spawn_server();
    }
  }
  // With all its processes, in no order.
  void kill_at_once() {
    for (const pid_t child : children()) ::kill(child, SIGKILL);
    stop(SIGKILL);
  }
  void stop(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::vector<pid_t> children() const {
    std::ifstream list("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) +
                       "/children");
    std::vector<pid_t> all;
    for (pid_t child = 0; list >> child;) all.push_back(child);
    return all;
  }

 private:
  std::string data() const { return directory() + "/data"; }
  static std::string binary(const char* name) {
    return std::string("/usr/lib/postgresql/15/bin/") + name;
  }
  std::string log() const {
    std::ifstream file(directory() + "/log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void spawn_server() {
    pid_ = spawn({binary("postgres"),
                  "-D",
                  data(),
                  "-k",
                  directory(),
                  "-p",
                  port(),
                  "-c",
                  "listen_addresses=127.0.0.1",
                  "-c",
                  "max_connections=20",
                  "-c",
                  "shared_buffers=64MB",
                  "-c",
                  std::string("fsync=") + (fsync_ ? "on" : "off"),
                  "-c",
                  std::string("shared_preload_libraries=") + (fsync_ ? "" : "pg_stat_statements"),
                  "-c",
                  "ssl=on",
                  "-c",
                  "ssl_cert_file=" + directory() + "/server.crt",
                  "-c",
                  "ssl_key_file=" + directory() + "/server.key"});
  }
  pid_t spawn(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (group_ != 0 &&
        (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) {
      ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int out = ::open((directory() + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    if (::chdir(directory().c_str()) == 0) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  void run(const std::vector<std::string>& words) {
    int status = 0;
    if (::waitpid(spawn(words), &status, 0) < 0 || status != 0) {
      throw std::runtime_error(words[0] + ": " + log());
    }
  }
  // A throw-away authority that signs a certificate for localhost, and another authority.
  void make_certificates() {
    const auto at = [&](const char* name) { return directory() + "/" + name; };
    for (const std::string name : {"ca", "other"}) {
      run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
           "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", at((name + ".key").c_str()),
           "-out", at((name + ".crt").c_str())});
    }
    run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-keyout", at("server.key"), "-out", at("server.csr")});
    run({"openssl", "x509", "-req", "-in", at("server.csr"), "-CA", at("ca.crt"), "-CAkey",
         at("ca.key"), "-CAcreateserial", "-days", "2", "-out", at("server.crt")});
  }
  static int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(probe, generic, size) != 0 || ::getsockname(probe, generic, &size) != 0) {
      throw std::runtime_error("no free port");
    }
    ::close(probe);
    return ::ntohs(address.sin_port);
  }
  static runtime::TemporaryDirectory make_directory() {
    auto made = runtime::TemporaryDirectory::make();
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }

  bool fsync_;
  runtime::TemporaryDirectory directory_ = make_directory();
  uid_t user_ = 0;
  gid_t group_ = 0;
  int port_ = 0;
  pid_t pid_ = 0;
  int databases_ = 0;
};

// One for all tests of the program.
inline TestServer& server() {
  static TestServer the;
  return the;
}

}  // namespace tickwitness::store::postgres::test
