/*
 * The other end of sd_notify(3): takes datagrams at the socket that is named, a path or @NAME, and
 * prints each, one variable a line. Prints "ready" when it can be written to; ends when it is
 * killed.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char** argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char text[4096];
  int at = socket(AF_UNIX, SOCK_DGRAM, 0);

  if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path)) return 2;
  memcpy(address.sun_path, argv[1], strlen(argv[1]));
  if (argv[1][0] == '@') address.sun_path[0] = 0;
  if (bind(at, (struct sockaddr*)&address,
           offsetof(struct sockaddr_un, sun_path) + strlen(argv[1])) != 0)
    return 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    ssize_t bytes = recv(at, text, sizeof(text) - 1, 0);

    if (bytes < 0) return 1;
    text[bytes] = 0;
    puts(text);
    fflush(stdout);
  }
}
