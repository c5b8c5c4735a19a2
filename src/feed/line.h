// One connection by its name, whichever link is in service: while a successor is being prepared
// there are two. Does what the rotation decides.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feed/link.h"
#include "feed/rotation.h"

namespace tickwitness::feed {

struct LineSettings {
  runtime::Endpoint endpoint;
  runtime::ChannelLimits channel;
  SessionSettings session;
  std::optional<base::Duration> max_age;  // of a connection; absent: until the venue ends it
};

// On its executor's thread.
class Line {
 public:
  using MakeProtocol = std::function<std::unique_ptr<exchange::Protocol>()>;
  // `context` outlives it; `make_protocol` is called for each link.
  Line(LinkContext& context, std::string name, LineSettings settings, MakeProtocol make_protocol,
       base::Prng random, std::vector<exchange::Subscription> wanted);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void start();
  // As Link's; they end the rotation, and call back once every link is closed.
  void finish(std::function<void()> on_ended);
  void stop(std::function<void()> on_stopped);
  void retire(std::function<void()> on_stopped);
  void renew(const exchange::Subscription& subscription) { link_->renew(subscription); }
  void set_wanted(std::vector<exchange::Subscription> wanted);
  // All but the endpoint.
  void set_settings(const LineSettings& settings);
  void observe(base::Instant now) { link_->observe(now); }

  const std::string& name() const { return name_; }
  void on_venue(exchange::VenueStatus status);
  // Of all that are open.
  std::optional<ClockOffset::Estimate> clock(base::Now now) const;
  std::optional<Session::VenueWord> venue_word() const;
  // Of the link in service; what is said of a successor is said apart.
  ConnectionStatus status() const;
  void append_subscriptions(std::vector<SubscriptionStatus>& out) const {
    link_->append_subscriptions(out);
  }

 private:
  using EndLink = void (Link::*)(std::function<void()>);
  std::unique_ptr<Link> make_link(bool in_service);
  void on_change(std::uint64_t link, LinkChange change);
  void on_closed();
  void look();
  void arm();
  void open_successor();
  void hand_over();
  void dismiss(std::unique_ptr<Link> link);
  void end(EndLink how, std::function<void()> on_ended);
  void check_ended();
  std::optional<base::Instant> successor_opened() const;

  LinkContext& context_;
  std::string name_;
  LineSettings settings_;
  MakeProtocol make_protocol_;
  base::Prng random_;
  std::vector<exchange::Subscription> wanted_;
  Rotation rotation_;
  telemetry::Counter rotated_, failed_;
  std::uint64_t links_ = 0;       // that were made
  std::uint64_t in_service_ = 0;  // the number of link_
  bool successor_announced_ = false;
  std::optional<exchange::VenueStatus> last_word_;  // a link that comes later must know
  std::unique_ptr<Link> link_, successor_;
  std::vector<std::unique_ptr<Link>> leaving_;  // replaced or given up, closing
  std::unique_ptr<runtime::Timer> timer_;
  bool ending_ = false, link_ended_ = false;
  std::function<void()> on_ended_;
  // What was posted may outlive the line; it looks here whether it does.
  std::shared_ptr<Line*> self_ = std::make_shared<Line*>(this);
};

}  // namespace tickwitness::feed
