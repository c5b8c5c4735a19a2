#include "telemetry/core/encoder.h"

#include "telemetry/core/protobuf_encoder.h"
#include "telemetry/core/text_encoder.h"

namespace tickwitness::telemetry::core {

std::unique_ptr<Encoder> make_encoder(Format format, EncoderOptions options) {
  if (format == Format::protobuf) return std::make_unique<ProtobufEncoder>();
  return std::make_unique<TextEncoder>(format == Format::openmetrics_1_0, options);
}

}  // namespace tickwitness::telemetry::core
