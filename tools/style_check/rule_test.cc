// Each rule with a sample it must pass and samples it must refuse: a check that cannot fail is
// worth nothing. Where a sample would offend in
// this file itself, "~" cuts it in two.
#include "rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace tickwitness::style {
namespace {

constexpr std::string_view kTable =
    "base: | fmt\n"
    "runtime: base | fmt boost\n"
    "market: base | fmt\n"
    "net: runtime base | boost openssl\n"
    "sums: base | openssl\n"
    "sim: market base | fmt\n"
    "app: * | fmt\n";

struct File {
  std::string path;
  std::string text;
};

struct Case {
  std::string rule;
  std::string name;
  std::vector<File> files;
  std::size_t complaints;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.rule << ": " << c.name;
}

std::string lines(std::size_t n, const std::string& line) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += line + "\n";
  return out;
}

std::string words(std::size_t columns) {
  std::string out(columns, 'x');
  for (std::size_t i = 8; i < columns; i += 9) out[i] = ' ';
  return out;
}

std::vector<Case> layering_cases() {
  return {
      {"layering", "granted", {{"src/market/a.h", "#include \"base/b.h\"\n"}}, 0},
      {"layering", "own", {{"src/market/a.h", "#include \"market/b.h\"\n"}}, 0},
      {"layering", "commented out", {{"src/base/a.h", "// #include \"net/b.h\"\n"}}, 0},
      {"layering", "not granted", {{"src/base/a.h", "#include \"market/b.h\"\n"}}, 1},
      {"layering", "tests too", {{"src/base/a_test.cc", "#include \"market/b.h\"\n"}}, 1},
      {"layering", "no room", {{"src/base/a.h", "#include \"b.h\"\n"}}, 1},
      {"layering", "sim to net", {{"sim/x/a.h", "#include \"net/b.h\"\n"}}, 1},
      {"layering", "demo wires sim", {{"src/app/demo.cc", "#include \"sim/b.h\"\n"}}, 0},
      {"layering", "other app code", {{"src/app/run.cc", "#include \"sim/b.h\"\n"}}, 1},
      {"layering", "table unreadable", {{"src/rooms.txt", "base\n"}}, 1},
      {"layering", "table cycle", {{"src/rooms.txt", "a: b |\nb: a |\n"}}, 2},
      {"libraries", "granted", {{"src/base/a.h", "#include <fmt/core.h>\n"}}, 0},
      {"libraries", "standard", {{"src/base/a.h", "#include <vector>\n"}}, 0},
      {"libraries", "not granted", {{"src/market/a.h", "#include <zstd.h>\n"}}, 1},
      {"libraries", "beast in net", {{"src/net/a.cc", "#include <boost/beast.hpp>\n"}}, 0},
      {"libraries", "asio driver", {{"src/runtime/x_asio.cc", "#include <boost/asio.hpp>\n"}}, 0},
      {"libraries", "asio elsewhere", {{"src/runtime/x.cc", "#include <boost/asio.hpp>\n"}}, 1},
      {"libraries",
       "beast in runtime",
       {{"src/runtime/x_asio.cc", "#include <boost/beast.hpp>\n"}},
       1},
      {"libraries", "digests", {{"src/sums/x.cc", "#include <openssl/evp.h>\n"}}, 0},
      {"libraries", "digests elsewhere", {{"src/base/x.cc", "#include <openssl/evp.h>\n"}}, 1},
      {"libraries", "TLS elsewhere", {{"src/sums/x.cc", "#include <openssl/ssl.h>\n"}}, 1},
      {"libraries", "raw sockets", {{"src/base/x.cc", "#include <sys/socket.h>\n"}}, 1},
      {"libraries", "a test's peer", {{"src/base/test_x.h", "#include <sys/socket.h>\n"}}, 0},
  };
}

std::vector<Case> folder_cases() {
  const std::string table = "base: |\nsim: |\n";
  const File base{"src/base/a.h", ""};
  const File sim{"sim/deep/a.h", ""};
  const std::string drawing = draw(parse_rooms({"base: |", "sim: |"}));
  const std::string begin = std::string(kDrawingBegin) + "\n";
  const std::string end = std::string(kDrawingEnd) + "\n";
  const std::string page = "docs/ARCHITECTURE.md";
  return {
      {"folders", "agree", {{"src/rooms.txt", table}, base, sim}, 0},
      {"folders", "no such room", {{"src/rooms.txt", table}, base, sim, {"src/x/a.h", ""}}, 1},
      {"folders", "too deep", {{"src/rooms.txt", table}, base, sim, {"src/base/x/a.h", ""}}, 1},
      {"folders", "empty room", {{"src/rooms.txt", table}, base}, 1},
      {"drawing", "equal", {{"src/rooms.txt", table}, {page, begin + drawing + end}}, 0},
      {"drawing", "old", {{"src/rooms.txt", table}, {page, begin + "old\n" + end}}, 1},
      {"drawing", "no marks", {{"src/rooms.txt", table}, {page, drawing}}, 1},
      {"drawing", "no page", {{"src/rooms.txt", table}}, 1},
  };
}

std::vector<Case> outside_cases() {
  return {
      {"outside", "a seam", {{"src/market/a.cc", "auto t = clock.now();\n"}}, 0},
      {"outside", "runtime", {{"src/runtime/a.cc", "std::chrono::system_clock::now();\n"}}, 0},
      {"outside", "a test", {{"src/base/a_test.cc", "std::ifstream f;\n"}}, 0},
      {"outside", "in words only", {{"src/base/a.cc", "// std::thread\nf(\"getenv(\");\n"}}, 0},
      {"outside", "part of a name", {{"src/base/a.cc", "operand(1); open_socket(2);\n"}}, 0},
      {"outside", "a member", {{"src/base/a.cc", "in.socket(); Reader::read(x);\n"}}, 0},
      {"outside", "clock", {{"src/market/a.cc", "std::chrono::system_clock::now();\n"}}, 1},
      {"outside", "thread", {{"src/feed/a.h", "std::jthread worker_;\n"}}, 1},
      {"outside", "file", {{"sim/a.cc", "std::ofstream f(path);\n"}}, 1},
      {"outside", "environment", {{"src/base/a.cc", "std::getenv(\"HOME\");\n"}}, 1},
      {"outside", "randomness", {{"src/base/a.cc", "return rand();\n"}}, 1},
      {"outside", "system call", {{"src/base/a.cc", "n = ::read(fd, p, n);\n"}}, 1},
      {"outside", "a reason", {{"src/base/a.cc", "rand();  // outside-ok: told in the text\n"}}, 0},
      {"outside", "no reason", {{"src/base/a.cc", "rand();  // outside-ok:\n"}}, 1},
  };
}

std::vector<Case> unordered_cases() {
  return {
      {"unordered", "map", {{"src/base/a.cc", "std::map<A, B> m;\nfor (auto& x : m) f(x);\n"}}, 0},
      {"unordered", "look-up only", {{"src/base/a.cc", "std::unordered_map<A, B> m;\n"}}, 0},
      {"unordered",
       "loop",
       {{"src/base/a.cc", "std::unordered_map<A, B<C>> m;\nfor (auto& x : m) f(x);\n"}},
       1},
      {"unordered",
       "loop over a member",
       {{"src/base/a.h", "std::unordered_set<A> m_;\n"},
        {"src/base/a.cc", "for (auto& x : m_) f(x);\n"}},
       1},
      {"unordered",
       "a reason",
       {{"src/base/a.cc",
         "std::unordered_set<A> m;\n// order-ok: only summed up\nfor (auto& x : m) n += x;\n"}},
       0},
  };
}

std::vector<Case> length_cases() {
  return {
      {"file-length", "500 lines", {{"src/base/a.cc", lines(500, "f();")}}, 0},
      {"file-length", "501 lines", {{"src/base/a.cc", lines(501, "f();")}}, 1},
      {"file-length", "a page", {{"docs/a.md", lines(900, "x")}}, 0},
      {"file-length",
       "a script without extension",
       {{"run", "#!/usr/bin/env bash\n" + lines(500, "x")}},
       1},
      {"function-length",
       "69 lines",
       {{"src/base/a.cc", "void f() {\n" + lines(67, "g();") + "}\n"}},
       0},
      {"function-length",
       "70 lines",
       {{"src/base/a.cc", "void f() {\n" + lines(68, "g();") + "}\n"}},
       1},
      {"function-length",
       "with blocks",
       {{"src/base/a.cc", "int f(\n int x) {\n if (x) {\n" + lines(68, "g();") + "}\n}\n"}},
       1},
      {"function-length",
       "braces in strings",
       {{"src/base/a.cc", "void f() {\n g(\"{\");\n}\n" + lines(90, "int x;")}},
       0},
      {"function-length",
       "long class",
       {{"src/base/a.h", "class A {\n" + lines(90, "void f();") + "};\n"}},
       0},
      {"function-length",
       "long namespace",
       {{"src/base/a.h", "namespace a {\n" + lines(90, "void f();") + "}\n"}},
       0},
      {"function-length",
       "a member",
       {{"src/base/a.h", "class A {\n void f() {\n" + lines(90, "g();") + "}\n};\n"}},
       1},
  };
}

std::vector<Case> line_cases() {
  const std::string long_line(101, 'x');
  std::string two_bytes;
  for (int i = 0; i < 100; ++i) two_bytes += "é";
  return {
      {"line-length", "100 columns", {{"src/base/a.cc", std::string(100, 'x') + "\n"}}, 0},
      {"line-length", "101 columns", {{"src/base/a.cc", long_line + "\n"}}, 1},
      {"line-length", "100 letters of two bytes", {{"a.ts", two_bytes + "\n"}}, 0},
      {"line-length", "a link", {{"src/base/a.cc", "// https://" + long_line + "\n"}}, 0},
      {"line-length", "a literal", {{"src/base/a.cc", "f(\"" + long_line + "\");\n"}}, 0},
      {"line-length", "a comment", {{"src/base/a.cc", "f();  // " + long_line + "\n"}}, 1},
      {"line-length", "of the page's code", {{"web/a.ts", lines(1, words(121))}}, 1},
      {"line-length", "the page's code at 120", {{"web/a.ts", lines(1, words(120))}}, 0},
      {"line-length", "a script with a long word", {{"a.sh", words(60) + long_line + "\n"}}, 0},
      {"line-length", "a page", {{"docs/a.md", long_line + "\n"}}, 0},
  };
}

std::vector<Case> text_cases() {
  return {
      {"blanks", "clean", {{"a.md", "one\ntwo\n"}}, 0},
      {"blanks", "tab", {{"a.md", "one\ttwo\n"}}, 1},
      {"blanks", "tab of gofmt", {{"a.go", "func f() {\n\tg()\n}\n"}}, 0},
      {"blanks", "trailing", {{"a.md", "one \n"}}, 1},
      {"blanks", "carriage return", {{"a.md", "one\r\n"}}, 1},
      {"blanks", "no newline", {{"a.md", "one"}}, 1},
      {"blanks", "inputs of fuzzers", {{"fuzz/corpus/a_fuzz/1", "\t "}}, 0},
      {"blanks", "binary", {{"a.png", std::string("\0\t ", 3)}}, 0},
      {"pragma-once", "there", {{"a.h", "// what\n#pragma once\n"}}, 0},
      {"pragma-once", "missing", {{"a.h", "// #pragma once\nint x;\n"}}, 1},
      {"pragma-once", "late", {{"a.h", "#include <map>\n#pragma once\n"}}, 1},
  };
}

std::vector<Case> content_cases() {
  return {
      {"unfinished", "a word within", {{"a.cc", "mastod~on to~do_list\n"}}, 0},
      {"unfinished", "left", {{"a.cc", "// TO~DO: later\n"}}, 1},
      {"unfinished", "broken", {{"a.sh", "# FIX~ME\n"}}, 1},
      {"corpora", "fed", {{"src/a/x_fuzz.cc", ""}, {"fuzz/corpus/x_fuzz/one", "1"}}, 0},
      {"corpora", "hungry", {{"src/a/x_fuzz.cc", ""}}, 1},
  };
}

std::vector<Case> secret_cases() {
  const std::string key = "-----BEGIN RSA PRIVATE~ KEY-----\n";
  const std::string url = "rediss:/~/me:s3cr3tpw@h:1\n";
  return {
      {"secrets", "none", {{"a.md", "Write `redis://host:6379` there.\n"}}, 0},
      {"secrets", "a variable", {{"a.sh", "u=redis://me:$PASSWORD@h\n"}}, 0},
      {"secrets", "a place holder", {{"a.md", "postgres://user:<password>@host/db\n"}}, 0},
      {"secrets", "an example", {{"a.md", "redis://me:hunter2@host\n"}}, 0},
      {"secrets", "an empty one", {{"a.yaml", "password: \"\"\n"}}, 0},
      {"secrets", "an address", {{"a.md", "https://host:80/x write to me@example.org\n"}}, 0},
      {"secrets", "key", {{"a.pem", key}}, 1},
      {"secrets", "url", {{"a.yaml", "u: " + url}}, 1},
      {"secrets", "aws", {{"a.txt", "AK~IAABCDEFGHIJKLMNOP\n"}}, 1},
      {"secrets", "github", {{"a.txt", "x gh~p_" + std::string(36, 'a') + "\n"}}, 1},
      {"secrets", "web token", {{"a.txt", "ey~J" + std::string(70, 'a') + "\n"}}, 1},
      {"secrets", "assigned", {{"a.ts", "const apiKey = \"a1b2c3~d4e5\";\n"}}, 1},
      {"secrets", "in JSON", {{"a.json", "{\"password\": \"hunter2~hunter2\"}\n"}}, 1},
      {"secrets", "a reason", {{"a.cc", "// secret-ok: made up here\n// " + url}}, 0},
  };
}

std::vector<Case> machine_cases() {
  return {
      {"machine-paths", "none", {{"a.md", "See docs/ho~me/x and /var/lib/tickwitness.\n"}}, 0},
      {"machine-paths", "network", {{"a.md", "the net/wo~rk/flow\n"}}, 0},
      {"machine-paths", "own folder", {{"a.md", "in /ho~me/me/x\n"}}, 1},
      {"machine-paths", "checkout", {{"a.cc", "\"/wo~rk/main\"\n"}}, 1},
      {"machine-paths", "registry", {{"a.json", "\"resolved\": \"ht~tps://r.example/x\"\n"}}, 1},
      {"machine-paths", "a reason", {{"a.md", "/ho~me/me/x <!-- path-ok: an example -->\n"}}, 0},
  };
}

std::vector<Case> link_cases() {
  const File other{"docs/b.md", "# Some heading, here\n"};
  return {
      {"links",
       "file",
       {{"docs/a.md", "[b](b.md) [up](../README.md)\n"}, other, {"README.md", ""}},
       0},
      {"links", "folder", {{"README.md", "[d](docs/)\n"}, other}, 0},
      {"links", "web", {{"README.md", "[x](https://example.org/none)\n"}}, 0},
      {"links", "in code", {{"README.md", "`[x](none)`\n```\n[x](none)\n```\n"}}, 0},
      {"links", "heading", {{"README.md", "[x](docs/b.md#some-heading-here)\n"}, other}, 0},
      {"links", "own heading", {{"README.md", "# One\n[x](#one)\n"}}, 0},
      {"links", "missing", {{"README.md", "[x](none.md)\n"}}, 1},
      {"links", "missing picture", {{"README.md", "![x](none.png)\n"}}, 1},
      {"links", "missing heading", {{"README.md", "[x](docs/b.md#none)\n"}, other}, 1},
      {"links", "out of the tree", {{"README.md", "[x](../other/x.md)\n"}}, 1},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const auto& part : {layering_cases(), folder_cases(), outside_cases(), unordered_cases(),
                           length_cases(), line_cases(), text_cases(), content_cases(),
                           secret_cases(), machine_cases(), link_cases()}) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

std::string without_cuts(std::string text) {
  std::erase(text, '~');
  return text;
}

Complaints run(const Case& c) {
  std::vector<Source> sources;
  bool has_table = false;
  for (const auto& file : c.files) {
    has_table = has_table || file.path == "src/rooms.txt";
    sources.push_back(make_source(file.path, without_cuts(file.text)));
  }
  if (!has_table) sources.push_back(make_source("src/rooms.txt", kTable));
  const auto tree = make_tree(std::move(sources));
  Complaints out;
  for (const auto& rule : all_rules()) {
    if (rule.name == c.rule) rule.check(tree, out);
  }
  return out;
}

class RuleTest : public testing::TestWithParam<Case> {};

TEST_P(RuleTest, ComplainsExactlyWhenItShould) {
  const auto complaints = run(GetParam());
  std::string said;
  for (const auto& complaint : complaints) said += complaint.path + ": " + complaint.text + "\n";
  EXPECT_EQ(complaints.size(), GetParam().complaints) << said;
}

INSTANTIATE_TEST_SUITE_P(Samples, RuleTest, testing::ValuesIn(all_cases()));

TEST(RulesTest, EachHasASampleItPassesAndOneItRefuses) {
  std::set<std::string> good;
  std::set<std::string> bad;
  for (const auto& c : all_cases()) (c.complaints == 0 ? good : bad).insert(c.rule);
  for (const auto& rule : all_rules()) {
    EXPECT_TRUE(good.contains(std::string(rule.name))) << rule.name;
    EXPECT_TRUE(bad.contains(std::string(rule.name))) << rule.name;
  }
}

TEST(RulesTest, ComplaintsNameTheLine) {
  const auto complaints = run({"blanks", "", {{"a.md", "one\ntwo \n"}}, 1});
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints[0].path, "a.md");
  EXPECT_EQ(complaints[0].line, 2U);
}

}  // namespace
}  // namespace tickwitness::style
