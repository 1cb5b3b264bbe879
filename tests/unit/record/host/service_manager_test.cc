// Covers record/host/service_manager.h: datagrams to a real socket, with and without a file.
#include "record/host/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "record/host/descriptor.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

class ServiceManager : public testing::Test {
 protected:
  ~ServiceManager() override { ::unsetenv("NOTIFY_SOCKET"); }
  // Receives at `name`, where the first '@' stands for NUL, and asks for states there.
  void listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    socket_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), bytes), 0);
    ask_at(name);
  }
  static void ask_at(const std::string& name) { ::setenv("NOTIFY_SOCKET", name.c_str(), 1); }
  // The next datagram; "nothing" where there is none.
  std::string received() const {
    std::string text(100, '\0');
    const ssize_t bytes = ::recv(socket_.get(), text.data(), text.size(), 0);
    return bytes < 0 ? "nothing" : text.substr(0, static_cast<std::size_t>(bytes));
  }

  const test::TemporaryDirectory directory_;
  Descriptor socket_;
};

TEST_F(ServiceManager, GetsEachStateAtItsSocket) {
  listen(directory_.file("socket"));
  tell_service_manager("READY=1");
  tell_service_manager("STOPPING=1");
  EXPECT_EQ(received(), "READY=1");
  EXPECT_EQ(received(), "STOPPING=1");
}

TEST_F(ServiceManager, GetsStatesAtASocketWithoutAFile) {
  listen("@pgrec-test-" + std::to_string(::getpid()));
  tell_service_manager("READY=1");
  EXPECT_EQ(received(), "READY=1");
}

TEST_F(ServiceManager, GetsNothingItDidNotAskFor) {
  listen(directory_.file("socket"));
  ::unsetenv("NOTIFY_SOCKET");
  tell_service_manager("READY=1");
  ask_at("");
  tell_service_manager("READY=1");
  ask_at("socket");
  tell_service_manager("READY=1");
  EXPECT_EQ(received(), "nothing");
}

TEST_F(ServiceManager, MayBeGoneOrHaveANameThatIsTooLong) {
  ask_at(directory_.file("nobody"));
  tell_service_manager("READY=1");
  ask_at("/" + std::string(200, 'a'));
  tell_service_manager("READY=1");
}

TEST_F(ServiceManager, GetsStatesAtTheLongestName) {
  std::string name = "@pgrec-test-" + std::to_string(::getpid()) + "-";
  name.resize(sizeof(sockaddr_un::sun_path) - 1, 'a');
  listen(name);
  tell_service_manager("READY=1");
  EXPECT_EQ(received(), "READY=1");
}

}  // namespace
}  // namespace pgrec
