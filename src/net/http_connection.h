// One connection of HttpServer while it speaks HTTP. Internal to net/.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/http_parse.h"
#include "net/http_server_impl.h"
#include "net/transport.h"

namespace tickwitness::net::internal {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpServer::Impl> server, Transport transport,
                 std::string remote_address, bool loopback);

  void start();
  // Answers `status` to whatever comes and closes: for connections above a limit.
  void refuse(int status, std::string_view why);
  // No further request; the one under way is answered.
  void stop();
  void cut();

  const std::string& remote_address() const { return remote_address_; }

 private:
  friend struct PendingResponse;
  void begin_request();
  void read();
  void on_read(ErrorCode error, std::size_t bytes);
  void parse();
  void send_continue();
  void dispatch();
  void answer(Response response, bool keep_alive);
  void answer_error(int status, std::string_view why);
  void write();
  void on_written(ErrorCode error, std::size_t bytes);
  void linger();
  void discard(std::size_t bytes);
  void leave_flight();
  std::unique_ptr<TakenConnection> hand_over();
  void arm(base::Duration limit, void (HttpConnection::*on_expiry)());
  void on_request_timeout();
  void on_write_timeout();
  void finish();

  std::shared_ptr<HttpServer::Impl> server_;
  std::optional<Transport> transport_;
  std::string remote_address_;
  bool loopback_;
  std::unique_ptr<runtime::Timer> timer_;
  std::optional<RequestParser> parser_;
  std::string input_;
  std::string chunk_;  // where reads go
  std::string head_;   // of the answer under way
  std::shared_ptr<const std::string> body_;
  std::size_t written_ = 0;  // of head_ and body_ together
  std::size_t discarded_ = 0;
  bool head_request_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = false;
  bool continue_sent_ = false;
  bool deadline_set_ = false;  // the header's or the body's
  bool handling_ = false;      // the handler owes an answer
  bool in_flight_ = false;     // counted in HttpCounts::in_flight
  bool reading_ = false;
  bool lingering_ = false;
  bool writing_ = false;
  bool stopping_ = false;
  bool done_ = false;
};

// What all copies of a Responder share.
struct PendingResponse {
  explicit PendingResponse(std::shared_ptr<HttpConnection> from) : connection(std::move(from)) {}
  ~PendingResponse();
  PendingResponse(const PendingResponse&) = delete;
  PendingResponse& operator=(const PendingResponse&) = delete;

  void respond(Response response);
  std::unique_ptr<TakenConnection> take();

  std::shared_ptr<HttpConnection> connection;  // null once answered
};

}  // namespace tickwitness::net::internal
