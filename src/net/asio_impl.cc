// The code of Asio's TLS part and of Beast, compiled once; the rest of Asio is in runtime/.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
