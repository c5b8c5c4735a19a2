// A Redis of the tests' own: in a temporary directory, on free ports of loopback, gone with the
// program that started it. What it holds is asked of redis-cli, not of the code under test.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "net/testing.h"
#include "net/testing_certificates.h"

namespace tickwitness::cache::test {

class TestRedis {
 public:
  static constexpr const char* kUser = "bot";
  static constexpr const char* kPassword = "only-for-this-test";

  // `options`: as behind redis-server: "--maxmemory", "1mb".
  explicit TestRedis(std::vector<std::string> options = {}) : options_(std::move(options)) {
    using net::testing::make_identity;
    const auto authority = make_identity({.common_name = "Test", .authority = true}, nullptr);
    pem_.write("authority", authority);
    pem_.write("stranger", make_identity({.common_name = "Other", .authority = true}, nullptr));
    pem_.write(
        "server",
        make_identity({.common_name = "redis", .alternative_names = "DNS:localhost"}, &authority));
    net::testing::SilentListener plain;
    net::testing::SilentListener secure;  // both held, so that they differ
    port_ = plain.port();
    tls_port_ = secure.port();
    plain.close();
    secure.close();
    start();
  }
  ~TestRedis() { stop(SIGKILL); }
  TestRedis(const TestRedis&) = delete;
  TestRedis& operator=(const TestRedis&) = delete;

  std::uint16_t port() const { return port_; }
  std::uint16_t tls_port() const { return tls_port_; }
  // Of the authority that signed its certificate, which is for localhost, and of another one.
  std::string authority() const { return pem_.path("authority.pem"); }
  std::string other_authority() const { return pem_.path("stranger.pem"); }
  std::string directory() const { return pem_.path(""); }

  void start(const std::vector<std::string>& more = {}, const std::string& awaited = "PONG") {
    std::vector<std::string> words{"redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--tls-port",
                                   std::to_string(tls_port_),
                                   "--tls-cert-file",
                                   pem_.path("server.pem"),
                                   "--tls-key-file",
                                   pem_.path("server.key"),
                                   "--tls-ca-cert-file",
                                   authority(),
                                   "--tls-auth-clients",
                                   "no",
                                   "--bind",
                                   "127.0.0.1",
                                   "--dir",
                                   directory(),
                                   "--save",
                                   "",
                                   "--user",
                                   kUser,
                                   "on",
                                   std::string(">") + kPassword,
                                   "~*",
                                   "+@all",
                                   "-config"};
    words.insert(words.end(), options_.begin(), options_.end());
    words.insert(words.end(), more.begin(), more.end());
    spawn(std::move(words));
    for (int i = 0; cli("PING").find(awaited) == std::string::npos; ++i) {
      if (i == 500) throw std::runtime_error("Redis does not start: " + log());
      ::poll(nullptr, 0, 10);
    }
  }
  void signal(int which) const { ::kill(pid_, which); }
  void stop(int which) {
    if (pid_ <= 0) return;
    ::kill(pid_, which);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  // What redis-cli prints, without the last newline; `arguments` are words of a shell.
  std::string cli(const std::string& arguments) const {
    const std::string command =
        "timeout 10 redis-cli -h 127.0.0.1 -p " + std::to_string(port_) + " " + arguments + " 2>&1";
    FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no redis-cli");
    std::string out;
    std::array<char, 4096> chunk{};
    while (const std::size_t bytes = std::fread(chunk.data(), 1, chunk.size(), pipe))
      out.append(chunk.data(), bytes);
    ::pclose(pipe);
    if (out.ends_with('\n')) out.pop_back();
    return out;
  }
  // "cmdstat_xadd:calls=3,…" → 3; 0 when it was never called.
  int calls(const std::string& command) const {
    const std::string stats = cli("INFO commandstats");
    const std::string key = "cmdstat_" + command + ":calls=";
    const std::size_t at = stats.find(key);
    return at == stats.npos ? 0 : std::stoi(stats.substr(at + key.size()));
  }
  std::string log() const {
    std::ifstream file(directory() + "/log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  void spawn(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string out = directory() + "/log";
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }

  std::vector<std::string> options_;
  net::testing::PemDirectory pem_;
  std::uint16_t port_ = 0, tls_port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace tickwitness::cache::test
