// Asio's own code, compiled once; its TLS part is in net/asio_impl.cc.
#include <boost/asio/impl/src.hpp>
