/*
 * A client that sends the messages of PostgreSQL's frontend/backend protocol (version 3) one by
 * one, so that a test decides which come in one go. frontend SOCKET USER DATABASE prints the
 * backend's pid, then does what the lines on stdin say; "-" is the unnamed statement or portal:
 *
 *   query TEXT          a Query, and waits until the server is ready
 *   parse NAME TEXT, bind PORTAL NAME, execute PORTAL ROWS, describe PORTAL
 *   call OID            a FunctionCall without arguments
 *   sync                a Sync, sends all since the last one, and waits until the server is ready
 *   send, wait          sends without a Sync; waits until the server is ready
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char out[1 << 20];
static size_t out_bytes;
static size_t message_at;
static int server;

static void die(const char* what) {
  perror(what);
  exit(1);
}

static void put(const void* bytes, size_t count) {
  if (out_bytes + count > sizeof(out)) {
    fprintf(stderr, "too much to send\n");
    exit(1);
  }
  memcpy(out + out_bytes, bytes, count);
  out_bytes += count;
}

static void put_string(const char* text) {
  put(text, strlen(text) + 1);
}

static void put_name(const char* name) {
  put_string(strcmp(name, "-") == 0 ? "" : name);
}

static void put_number(uint32_t number, unsigned bytes) {
  while (bytes-- > 0) {
    char byte = (char)(number >> (8 * bytes));
    put(&byte, 1);
  }
}

/* The startup message has no type. */
static void begin(char type) {
  if (type) put(&type, 1);
  message_at = out_bytes;
  put_number(0, 4);
}

static void end(void) {
  const size_t behind = out_bytes;
  out_bytes = message_at;
  put_number((uint32_t)(behind - message_at), 4);
  out_bytes = behind;
}

static void send_all(void) {
  for (size_t sent = 0; sent < out_bytes;) {
    ssize_t now = write(server, out + sent, out_bytes - sent);
    if (now < 0) die("write");
    sent += (size_t)now;
  }
  out_bytes = 0;
}

static void read_all(void* bytes, size_t count) {
  for (size_t got = 0; got < count;) {
    ssize_t now = read(server, (char*)bytes + got, count - got);
    if (now <= 0) exit(2);
    got += (size_t)now;
  }
}

/* Reads messages up to ReadyForQuery, and gives the backend's pid if one of them tells it. */
static uint32_t wait_until_ready(void) {
  uint32_t pid = 0;
  for (;;) {
    unsigned char head[5];
    read_all(head, sizeof(head));
    uint32_t bytes =
        ((uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 8 | head[4]) - 4;
    unsigned char* body = malloc(bytes + 1);
    read_all(body, bytes);
    if (head[0] == 'K')
      pid = (uint32_t)body[0] << 24 | (uint32_t)body[1] << 16 | (uint32_t)body[2] << 8 | body[3];
    free(body);
    if (head[0] == 'Z') return pid;
  }
}

static void connect_to(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
  server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (server < 0 || connect(server, (struct sockaddr*)&address, sizeof(address)) != 0) die(path);
}

/* The next word of a line, or what is left of it. */
static char* word(char** line) {
  char* first = strsep(line, " ");
  return first ? first : "";
}

static void act_on(char* line) {
  const char* what = word(&line);
  char* name = strcmp(what, "query") == 0 ? "" : word(&line);
  if (strcmp(what, "query") == 0) {
    begin('Q');
    put_string(line ? line : "");
    end();
    send_all();
    wait_until_ready();
  } else if (strcmp(what, "parse") == 0) {
    begin('P');
    put_name(name);
    put_string(line ? line : "");
    put_number(0, 2);
    end();
  } else if (strcmp(what, "bind") == 0) {
    begin('B');
    put_name(name);
    put_name(word(&line));
    put_number(0, 2);
    put_number(0, 2);
    put_number(0, 2);
    end();
  } else if (strcmp(what, "describe") == 0) {
    begin('D');
    put("P", 1);
    put_name(name);
    end();
  } else if (strcmp(what, "execute") == 0) {
    begin('E');
    put_name(name);
    put_number((uint32_t)strtoul(word(&line), NULL, 10), 4);
    end();
  } else if (strcmp(what, "call") == 0) {
    begin('F');
    put_number((uint32_t)strtoul(name, NULL, 10), 4);
    put_number(0, 2);
    put_number(0, 2);
    put_number(0, 2);
    end();
    send_all();
    wait_until_ready();
  } else if (strcmp(what, "sync") == 0) {
    begin('S');
    end();
    send_all();
    wait_until_ready();
  } else if (strcmp(what, "send") == 0) {
    send_all();
  } else if (strcmp(what, "wait") == 0) {
    wait_until_ready();
  } else {
    fprintf(stderr, "what is %s?\n", what);
    exit(1);
  }
}

int main(int argc, char** argv) {
  static char line[1 << 20];
  if (argc != 4) {
    fprintf(stderr, "usage: frontend SOCKET USER DATABASE\n");
    return 1;
  }
  connect_to(argv[1]);
  begin(0);
  put_number(196608, 4); /* version 3.0 */
  put_string("user");
  put_string(argv[2]);
  put_string("database");
  put_string(argv[3]);
  put_string("application_name");
  put_string("frontend");
  put_string("");
  end();
  send_all();
  printf("%u\n", wait_until_ready());
  fflush(stdout);
  while (fgets(line, sizeof(line), stdin)) {
    line[strcspn(line, "\n")] = '\0';
    act_on(line);
  }
  begin('X');
  end();
  send_all();
  return 0;
}
